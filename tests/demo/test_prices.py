"""The demo's prices and rates are complete: nothing of its products counts as nothing."""

import pytest

from demo.services.masterdata import make_shop
from kernel import clock
from orders.engine.figures import faults
from orders.models import Customer, Product
from orders.selectors import preview_line
from orders.selectors.configuring import Buyer

pytestmark = pytest.mark.django_db


def test_every_product_of_the_demo_is_priced_and_costed_with_all_rates() -> None:
    make_shop(now=clock.now())
    buyer = Buyer(Customer.objects.get(code="COBALT"))
    for product in Product.objects.all():
        offer = preview_line(product, {}, 12, buyer=buyer).offer
        assert offer is not None
        assert offer.cost.missing == ()
        assert [*faults(offer.price.figure), *faults(offer.cost.figure)] == []
