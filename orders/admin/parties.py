"""Our company, customers, people and API keys."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest

from orders.admin.readonly import ReadOnlyAdmin
from orders.models import Address, ApiKey, Company, Contact, Customer, Role, User


class ContactInline(admin.TabularInline[Contact, Customer]):
    """People at the customer."""

    model = Contact
    extra = 0


class AddressInline(admin.TabularInline[Address, Customer]):
    """Where the customer receives goods and invoices."""

    model = Address
    extra = 0


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin[Company]):
    """The one row that stands on documents."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """One row is enough."""
        return not Company.objects.exists()


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin[Customer]):
    """Customers with their people and addresses."""

    list_display = ("code", "name", "currency", "price_group", "po_required", "active")
    list_select_related = ("price_group",)
    list_filter = ("active", "currency")
    search_fields = ("code", "name")
    inlines = (ContactInline, AddressInline)


class RolesField(forms.MultipleChoiceField):
    """Roles as check boxes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple)


class PersonForm(UserChangeForm[User]):
    """A person with roles; the role customer goes with one customer and the other way round."""

    roles = RolesField()

    class Meta:
        model = User
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        """Say at the field what the database would refuse."""
        data = super().clean() or self.cleaned_data
        is_customer = Role.CUSTOMER in data.get("roles", [])
        if is_customer != (data.get("customer") is not None):
            self.add_error("customer", "The role customer and a customer go together: set both or none.")
        return data


class NewPersonForm(AdminUserCreationForm[User]):
    """A new person: e-mail and password; roles follow on the next page."""

    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """People who sign in, and their roles."""

    form = PersonForm
    add_form = NewPersonForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "roles", "customer", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("customer",)
    search_fields = ("email", "first_name", "last_name")
    filter_horizontal = ()
    autocomplete_fields = ("customer",)
    fieldsets = (
        (None, {"fields": ("email", "password", "first_name", "last_name")}),
        (
            "What the person may do",
            {"fields": ("roles", "customer", "is_active", "is_staff", "is_superuser")},
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys: made and revoked in the application; the secret is stored nowhere."""

    list_display = ("prefix", "name", "customer", "scopes", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("customer",)
    search_fields = ("prefix", "name", "customer__name")
    exclude = ("secret_sha256",)
