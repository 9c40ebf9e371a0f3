"""The fingerprint of plain data."""

import hashlib
import json


def canonical_sha256(content: object) -> str:
    """SHA-256 of the data's JSON with sorted keys and no spaces."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
