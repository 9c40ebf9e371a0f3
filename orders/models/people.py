"""People who sign in, and the roles they hold."""

from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orders.models.customers import Customer


class Role(models.TextChoices):
    """What a person does in the shop; one person may hold several."""

    SALES = "sales", "Sales"
    ENGINEER = "engineer", "Product engineer"
    PLANNER = "planner", "Planner"
    BUYER = "buyer", "Buyer"
    OPERATOR = "operator", "Operator"
    INSPECTOR = "inspector", "Inspector"
    SHIPPER = "shipper", "Shipper"
    MANAGER = "manager", "Manager"
    ADMINISTRATOR = "administrator", "Administrator"
    CUSTOMER = "customer", "Customer"


STAFF_ROLES: tuple[str, ...] = tuple(role.value for role in Role if role is not Role.CUSTOMER)


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can sign in with `email` and `password`."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator with access to the master data pages."""
        fields = {"is_staff": True, "is_superuser": True, "roles": [Role.ADMINISTRATOR], **fields}
        return self.create_user(email, password, **fields)


class User(AbstractUser):
    """A person: staff of the shop, or somebody at one customer."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list, blank=True)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="customer_role_means_one_customer",
                condition=Q(roles__contains=[Role.CUSTOMER], customer__isnull=False)
                | (~Q(roles__contains=[Role.CUSTOMER]) & Q(customer__isnull=True)),
            ),
        )

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def has_role(self, *roles: str) -> bool:
        """True where the person holds one of `roles`; administrators hold all."""
        return bool(set(roles) & set(self.roles)) or Role.ADMINISTRATOR in self.roles
