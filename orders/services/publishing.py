"""Publication of product models: proved for every configuration first, what is right may be ordered.

draft → (request) → proving → published, or refused with the report. The proof is made outside of any
transaction; what it was made of is compared before anything is stored.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict
from orders.engine import CompiledProduct, Fault, ModelRefused, Proof, prove, prove_product
from orders.models import Product, ProductRevision, User
from orders.selectors import latest_revision, open_revision, product_model
from orders.services.modelling import fingerprint
from orders.services.wake import send

TASK: Final = "orders.prove_revision"
LIMIT_S: Final = 120.0
"""So long a worker compiles; beyond that the same answers come from SAT."""
LIMIT_HERE_S: Final = 10.0
LOST: Final = timedelta(seconds=10)
"""After so long a wake-up that nobody took up is sent again."""
DEAD: Final = timedelta(seconds=240)
"""After so long a worker that began has died."""
ATTEMPTS: Final = 3

Status = ProductRevision.Status
logger = logging.getLogger(__name__)


def publish_product(*, product: Product, by: User | None = None, now: datetime | None = None) -> Product:
    """Prove the product's draft and put it in force; the revision before it is superseded.

    ModelRefused lists every fault with row, field, line, column and message, and the draft keeps the report;
    Conflict where there is no draft (any more) or somebody else publishes it. Orders and quotations keep
    the revision they were made with.
    """
    draft = _begin(product, None, by)
    return _conclude(draft, prove(product_model(draft), limit_s=LIMIT_S), now or clock.now())


def request_publication(
    *, product: Product, version: int | None = None, by: User | None = None
) -> ProductRevision:
    """Have a worker prove the draft and publish it; answers the revision, now being proved.

    Conflict where somebody else was first or changed it (`version`), or there is no draft.
    """
    with transaction.atomic():
        draft = _begin(product, version, by)
        transaction.on_commit(lambda: send(TASK, draft.pk), robust=True)
    return draft


def prove_revision(*, revision_id: int, limit_s: float = LIMIT_S) -> None:
    """A worker's part: prove a requested revision and publish or refuse it; nothing if that was done before.

    A revision that brought down ATTEMPTS workers is refused.
    """
    draft = _take_up(revision_id)
    if draft is None:
        return
    try:
        _conclude(draft, prove(product_model(draft), limit_s=limit_s), clock.now())
    except ModelRefused:
        logger.info("%s was refused", draft)
    except Conflict as conflict:
        logger.info("%s: %s", draft, conflict)


def sweep_proofs() -> int:
    """Wake again what waits for a proof too long; without a broker prove it here. Returns how many."""
    now = clock.now()
    waiting = ProductRevision.objects.filter(status=Status.PROVING).only("proof")
    lost = [revision.pk for revision in waiting if _is_lost(revision.proof, now)]
    for revision_id in lost:
        if not send(TASK, revision_id):
            prove_revision(revision_id=revision_id, limit_s=LIMIT_HERE_S)
    return len(lost)


def check_product(product: Product) -> CompiledProduct:
    """Prove the newest revision as it stands, published or not; ModelRefused lists every fault."""
    return prove_product(product_model(latest_revision(product)))


def retire_product(*, product: Product) -> None:
    """Nobody orders it any more; publishing a new revision brings it back."""
    Product.objects.filter(pk=product.pk).update(status=Product.Status.OBSOLETE)


@transaction.atomic
def _begin(product: Product, version: int | None, by: User | None) -> ProductRevision:
    """Take the draft for a proof."""
    current = Product.objects.select_for_update().get(pk=product.pk)
    draft = open_revision(current)
    if draft is None:
        raise Conflict(f"{current.code} has no draft.", remedy="Begin a draft and change it first.")
    if draft.status == Status.PROVING:
        raise Conflict(f"{draft} is being proved already.", remedy="Wait until the proof is done.")
    if version is not None and version != draft.version:
        raise Conflict(
            f"{draft} was changed by somebody else meanwhile.",
            remedy="Look at the changes, then publish again.",
        )
    draft.status = Status.PROVING
    draft.proof = {"requested_at": clock.now().isoformat(), "attempts": 0}
    draft.published_by = by
    draft.save(update_fields=["status", "proof", "published_by"])
    return draft


@transaction.atomic
def _take_up(revision_id: int) -> ProductRevision | None:
    """The revision to prove, marked as begun; None where it is not wanted or in another worker's hands."""
    revisions = ProductRevision.objects.select_for_update(of=("self",)).select_related("product")
    draft = revisions.filter(pk=revision_id, status=Status.PROVING).first()
    now = clock.now()
    if draft is None or ("begun_at" in draft.proof and not _is_lost(draft.proof, now)):
        return None
    attempts = draft.proof.get("attempts", 0) + 1
    draft.proof = {**draft.proof, "begun_at": now.isoformat(), "attempts": attempts}
    if attempts > ATTEMPTS:
        fault = Fault("Product", "", f"The proof failed {ATTEMPTS} times.", "Make the model simpler.")
        draft.status, draft.proof = Status.REFUSED, {"refused": True, "faults": [_plain(fault)]}
    draft.save(update_fields=["status", "proof"])
    return draft if draft.status == Status.PROVING else None


def _is_lost(proof: dict[str, Any], now: datetime) -> bool:
    if "begun_at" in proof:
        return now - datetime.fromisoformat(proof["begun_at"]) > DEAD
    return now - datetime.fromisoformat(proof["requested_at"]) > LOST


def _conclude(draft: ProductRevision, proof: Proof, now: datetime) -> Product:
    """Store what was proved: published, or refused with the report and ModelRefused."""
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=draft.product_id)
        held = ProductRevision.objects.select_for_update().get(pk=draft.pk)
        if held.status != Status.PROVING or held.version != draft.version:
            raise Conflict(f"{draft} was concluded by somebody else.", remedy="Reload it.")
        held.proof = proof.report
        if proof.compiled is None or proof.solver is None:
            held.status, held.published_by = Status.REFUSED, None
            held.save(update_fields=["status", "proof", "published_by"])
        else:
            _publish(product, held, proof.compiled, proof.solver.to_bytes(), now)
    if proof.faults:
        raise ModelRefused(list(proof.faults), product.code)
    return product


def _publish(
    product: Product, held: ProductRevision, compiled: CompiledProduct, solver: bytes, now: datetime
) -> None:
    model = compiled.model
    in_force = ProductRevision.objects.filter(product=product, status=Status.PUBLISHED)
    in_force.update(status=Status.SUPERSEDED)
    held.status, held.published_at, held.solver = Status.PUBLISHED, now, solver
    held.sha256 = fingerprint(model)
    held.save(update_fields=["status", "sha256", "published_at", "proof", "solver"])
    product.name, product.base_price, product.currency = model.name, model.base_price, model.currency
    product.image = model.image
    product.status, product.revision, product.published_at = Product.Status.PUBLISHED, held.number, now
    product.in_force = held
    product.save()


def _plain(fault: Fault) -> dict[str, Any]:
    return {name: getattr(fault, name) for name in ("row", "field", "message", "remedy")}
