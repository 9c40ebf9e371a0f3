"""Addresses of the orders pages."""

from django.urls import path

from orders import views

app_name = "orders"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.find, name="search"),
    path("needs-attention/", views.needs_attention, name="attention"),
    path("needs-attention/<int:handover_id>/try-again/", views.try_again, name="try-again"),
    path("orders/", views.order_list, name="list"),
    path("orders/new/", views.new_quotation, name="new"),
    path("orders/configure/", views.configure, name="configure"),
    path("orders/<str:reference>/", views.order, name="order"),
    path("orders/<str:reference>/edit/", views.edit_quotation, name="edit"),
    path("orders/<str:reference>/lines/<int:line_id>/remove/", views.remove_line, name="remove-line"),
    path("orders/<str:reference>/lines/<int:line_id>/price/", views.price_of_line, name="price"),
    path("orders/<str:reference>/act/<slug:code>/", views.act, name="act"),
    path("orders/<str:reference>/terms/", views.terms, name="terms"),
    path("orders/<str:reference>/quotation/", views.quotation, name="quotation"),
    path("orders/<str:reference>/quotation/reply/", views.reply, name="reply"),
    path("orders/<str:reference>/quotation/mail/", views.mail, name="mail"),
    path("orders/<str:reference>/quotation/<slug:letter>/", views.revision, name="revision"),
    path("orders/<str:reference>/quotation/<slug:letter>/paper.pdf", views.revision_paper, name="paper"),
    path(
        "orders/<str:reference>/quotation/<slug:letter>/compare/<slug:other>/",
        views.revision_compare,
        name="compare",
    ),
    path(
        "orders/<str:reference>/quotation/<slug:letter>/<slug:verb>/",
        views.revision_answer,
        name="revision-answer",
    ),
    path("q/<str:token>/", views.link, name="link"),
    path("q/<str:token>/paper.pdf", views.link_paper, name="link-paper"),
    path("q/<str:token>/compare/<slug:letter>/", views.link_compare, name="link-compare"),
    path("q/<str:token>/<slug:verb>/", views.link_answer, name="link-answer"),
    path("won-and-lost/", views.winning, name="winning"),
    path("customers/", views.customer_list, name="customers"),
    path("customers/<str:code>/", views.customer, name="customer"),
    path("products/", views.products, name="products"),
    path("products/<str:code>/", views.product, name="product"),
    path("products/<str:code>/publish/", views.publish, name="publish"),
    path("api-keys/", views.keys, name="api-keys"),
    path("api-keys/<int:key_id>/revoke/", views.revoke, name="revoke-key"),
]
