"""Routes of the logistics stage."""

from django.urls import path

from logistics import views

app_name = "logistics"
urlpatterns = [
    path("", views.home, name="home"),
    path("order/<str:reference>/", views.order, name="order"),
    path("order/<str:reference>/panel/", views.order_panel, name="order-panel"),
    path("shipment/<str:number>/", views.shipment, name="shipment"),
    path("shipment/<str:number>/delivery-note.pdf", views.delivery_note_pdf, name="delivery-note"),
]
