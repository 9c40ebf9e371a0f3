"""Items, processes and product models; a changed model is a draft until it is published again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest

from kernel.errors import Refused
from orders import services
from orders.engine import ModelRefused
from orders.models import (
    BomLine,
    Characteristic,
    Item,
    Option,
    OptionGroup,
    Parameter,
    PriceRule,
    Process,
    Product,
    RoutingStep,
    Rule,
)


class OptionInline(admin.TabularInline[Option, OptionGroup]):
    """The options of a group."""

    model = Option
    extra = 0


class GroupInline(admin.TabularInline[OptionGroup, Product]):
    """Choices to make; their options stand on a page of their own."""

    model = OptionGroup
    extra = 0
    show_change_link = True


class ParameterInline(admin.TabularInline[Parameter, Product]):
    """Numbers, texts and flags the customer gives."""

    model = Parameter
    extra = 0


class RuleInline(admin.TabularInline[Rule, Product]):
    """What goes together and what does not."""

    model = Rule
    extra = 0


class PriceRuleInline(admin.TabularInline[PriceRule, Product]):
    """Amounts by formula."""

    model = PriceRule
    extra = 0


class BomInline(admin.TabularInline[BomLine, Product]):
    """Materials by condition and formula."""

    model = BomLine
    extra = 0
    autocomplete_fields = ("item",)


class RoutingInline(admin.StackedInline[RoutingStep, Product]):
    """Operations by condition, with their time formulas."""

    model = RoutingStep
    extra = 0


class CharacteristicInline(admin.TabularInline[Characteristic, Product]):
    """What inspection checks, by condition and formula."""

    model = Characteristic
    extra = 0


@admin.register(Item)
class ItemAdmin(admin.ModelAdmin[Item]):
    """Parts and materials."""

    list_display = ("number", "description", "unit", "revision", "standard_cost")
    search_fields = ("number", "description")


@admin.register(Process)
class ProcessAdmin(admin.ModelAdmin[Process]):
    """Ways of working."""

    list_display = ("code", "name")
    search_fields = ("code", "name")


class ModelPartAdmin(admin.ModelAdmin[Any]):
    """What is changed here makes the product a draft again."""

    def product_of(self, obj: Any) -> Product:
        """The product the row belongs to."""
        raise LookupError(obj)

    def save_related(
        self, request: HttpRequest, form: BaseModelForm[Any], formsets: Any, change: bool
    ) -> None:
        """After everything is stored."""
        super().save_related(request, form, formsets, change)
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            self._unpublish(request, self.product_of(form.instance))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """A part that goes changes the product too."""
        product = self.product_of(obj)
        super().delete_model(request, obj)
        self._unpublish(request, product)

    def _unpublish(self, request: HttpRequest, product: Product) -> None:
        if services.unpublish_changed(product=product):
            text = (
                f"{product.code} is a draft again: publish it before it can be ordered. Orders keep theirs."
            )
            messages.warning(request, text)


@admin.register(OptionGroup)
class OptionGroupAdmin(ModelPartAdmin):
    """A choice with its options."""

    list_display = ("product", "code", "label", "required")
    list_filter = ("product",)
    list_select_related = ("product",)
    inlines = (OptionInline,)
    actions = None

    def product_of(self, obj: OptionGroup) -> Product:
        """The product of the group."""
        return obj.product


@admin.register(Product)
class ProductAdmin(ModelPartAdmin):
    """Product models: changed here, checked and published by the action in the list."""

    list_display = ("code", "name", "revision", "status", "base_price", "currency", "published_at")
    list_filter = ("status",)
    search_fields = ("code", "name")
    readonly_fields = ("revision", "status", "published_at")
    actions = ("publish", "try_out", "retire")
    inlines = (
        GroupInline,
        ParameterInline,
        RuleInline,
        PriceRuleInline,
        BomInline,
        RoutingInline,
        CharacteristicInline,
    )

    def product_of(self, obj: Product) -> Product:
        """The product itself."""
        return obj

    @admin.action(description="Publish selected products")
    def publish(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Publish each one that has no problem."""
        for product in queryset:
            try:
                done = services.publish_product(product=product)
            except Refused as error:
                self._tell(request, product, error)
            else:
                messages.success(request, f"{done.code} revision {done.revision} is published.")

    @admin.action(description="Check selected products")
    def try_out(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """List what is wrong, and change nothing."""
        for product in queryset:
            try:
                services.check_product(product)
            except Refused as error:
                self._tell(request, product, error)
            else:
                messages.success(request, f"{product.code} has no problems.")

    @admin.action(description="Retire selected products")
    def retire(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Retired products cannot be ordered any more."""
        for product in queryset:
            services.retire_product(product=product)

    def _tell(self, request: HttpRequest, product: Product, error: Refused) -> None:
        faults = error.faults if isinstance(error, ModelRefused) else [error]
        for fault in faults:
            messages.error(request, f"{product.code}: {fault}")
