"""Who is asking, and what they may see of an order."""

from django.http import Http404, HttpRequest

from orders.models import Order, Role, User

MONEY_ROLES = (Role.SALES, Role.MANAGER)
OFFICE = (Role.SALES, Role.PLANNER, Role.MANAGER)


def person(request: HttpRequest) -> User:
    """The signed-in person; the policy let nobody else through."""
    if not isinstance(request.user, User):
        raise Http404("Nobody is signed in.")
    return request.user


def sees_money(user: User) -> bool:
    """Prices, costs and margins are for those who quote and manage."""
    return user.has_role(*MONEY_ROLES)


def is_customer(user: User) -> bool:
    """Somebody at a customer: sees that customer's orders only, in plain words."""
    return user.customer_id is not None


def order_or_404(request: HttpRequest, reference: str) -> Order:
    """The order by its number or quotation number; another customer's one is as unknown as none."""
    user = person(request)
    orders = Order.objects.select_related("customer")
    if user.customer_id is not None:
        orders = orders.visible_to_customer(user.customer_id)
    found = orders.by_reference(reference).first()
    if found is None:
        raise Http404(f"There is no order {reference}.")
    return found
