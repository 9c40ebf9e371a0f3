"""The PDF of a revision: drawn once, kept, and given out unchanged for ever."""

import hashlib
from datetime import datetime

from kernel import clock
from orders.engine.quotation_paper import quotation_paper
from orders.models import QuotationPaper, QuotationRevision


def paper_of(*, revision: QuotationRevision, now: datetime | None = None) -> QuotationPaper:
    """The paper as it was drawn first; two who ask at the same moment get the same one."""
    found = QuotationPaper.objects.filter(revision=revision).first()
    if found is not None:
        return found
    pdf = quotation_paper(revision.content, language=revision.language, sha256=revision.sha256)
    paper = QuotationPaper(
        revision=revision, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(), drawn_at=now or clock.now()
    )
    QuotationPaper.objects.bulk_create([paper], ignore_conflicts=True)
    return QuotationPaper.objects.get(revision=revision)
