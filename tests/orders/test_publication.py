"""Publishing by a worker: asked for, proved, in force or refused; whoever dies, nothing is lost."""

from datetime import timedelta

import pytest
from django.test import TestCase

from kernel import clock
from kernel.errors import Conflict, Refused
from orders import selectors, services
from orders.engine import ModelRefused, RuleRow
from orders.models import Product, ProductRevision
from orders.services import publishing
from orders.tasks import prove_revision
from tests.orders import cast

pytestmark = pytest.mark.django_db
VOID = (RuleRow(1, "requires", "", "TOP = OAK", "Oak."), RuleRow(2, "excludes", "", "TOP = OAK", "No oak."))


def test_what_a_worker_proved_is_in_force_with_its_solver_and_report() -> None:
    product = cast.desk()
    revision = services.request_publication(product=product, by=cast.person())
    assert (revision.status, product.in_force_id) == ("proving", None)
    prove_revision(revision.pk)
    revision.refresh_from_db()
    product.refresh_from_db()
    assert (revision.status, product.in_force, product.status) == ("published", revision, "published")
    assert revision.published_by is not None
    assert (revision.proof["refused"], revision.proof["gaps"]) == (False, [])
    assert selectors.decider(product).method == "d-DNNF"


def test_what_does_not_hold_is_refused_with_the_report() -> None:
    revision = services.request_publication(product=cast.desk(rules=VOID))
    prove_revision(revision.pk)
    revision.refresh_from_db()
    assert (revision.status, revision.solver) == ("refused", None)
    assert "Rule 1, Rule 2 exclude everything" in revision.proof["void"][0]["message"]
    assert Product.objects.get().in_force is None


def test_publishing_at_once_keeps_the_report_of_a_refusal_too() -> None:
    product = cast.desk(rules=VOID)
    with pytest.raises(ModelRefused, match="exclude everything"):
        services.publish_product(product=product)
    assert ProductRevision.objects.get().status == "refused"


def test_a_refused_draft_is_corrected_and_published() -> None:
    product = cast.desk(rules=VOID)
    with pytest.raises(ModelRefused):
        services.publish_product(product=product)
    assert services.publish_product(product=cast.changed(product, rules=())).revision == 1


def test_who_asks_second_is_told() -> None:
    product = cast.desk()
    services.request_publication(product=product)
    with pytest.raises(Conflict, match="is being proved already"):
        services.request_publication(product=product)
    with pytest.raises(Conflict, match="is being proved already"):
        services.publish_product(product=product)


def test_a_draft_changed_meanwhile_is_not_published_unseen() -> None:
    product = cast.desk()
    seen = selectors.open_revision(product)
    cast.changed(product, name="Table")
    with pytest.raises(Conflict, match="changed by somebody else"):
        services.request_publication(product=product, version=seen.version)


def test_without_a_draft_nothing_is_proved() -> None:
    with pytest.raises(Refused, match="has no draft"):
        services.request_publication(product=cast.published_desk())


def test_the_worker_is_woken_once_the_request_is_stored() -> None:
    with TestCase.captureOnCommitCallbacks() as callbacks:
        services.request_publication(product=cast.desk())
    assert len(callbacks) == 1


def test_a_wake_up_that_comes_twice_or_too_late_does_nothing() -> None:
    revision = services.request_publication(product=cast.desk())
    prove_revision(revision.pk)
    before = ProductRevision.objects.values().get()
    prove_revision(revision.pk)
    assert ProductRevision.objects.values().get() == before


def test_another_worker_leaves_a_proof_alone_that_is_under_way() -> None:
    revision = services.request_publication(product=cast.desk())
    assert publishing._take_up(revision.pk) is not None
    assert publishing._take_up(revision.pk) is None
    assert services.sweep_proofs() == 0


@pytest.mark.parametrize("began", [False, True])
def test_the_sweeper_takes_up_what_a_lost_wake_up_or_a_dead_worker_left(began: bool) -> None:
    revision = services.request_publication(product=cast.desk())
    if began:
        publishing._take_up(revision.pk)
    with clock.told_at(clock.now() + timedelta(minutes=5)):
        assert services.sweep_proofs() == 1
        prove_revision(revision.pk)
    revision.refresh_from_db()
    assert revision.status == "published"


def test_a_model_that_brings_down_its_workers_is_refused() -> None:
    revision = services.request_publication(product=cast.desk())
    for _ in range(3):
        assert publishing._take_up(revision.pk) is not None
        long_ago = {"begun_at": "2020-01-01T00:00:00+00:00"}
        ProductRevision.objects.update(proof=ProductRevision.objects.get().proof | long_ago)
    assert publishing._take_up(revision.pk) is None
    revision.refresh_from_db()
    assert (revision.status, revision.proof["faults"][0]["message"]) == (
        "refused",
        "The proof failed 3 times.",
    )
