"""Addresses of procurement."""

from django.urls import path

from procurement import views

app_name = "procurement"
urlpatterns = [
    path("", views.home, name="home"),
    path("orders/", views.purchase_orders, name="orders"),
    path("orders/<str:number>/", views.purchase_order, name="order"),
    path("orders/<str:number>/send/", views.send, name="send"),
    path("orders/<str:number>/dates/", views.confirm_dates, name="confirm-dates"),
    path("orders/<str:number>/receive/", views.receive, name="receive"),
    path("orders/<str:number>/surplus/", views.accept_surplus, name="accept-surplus"),
    path("suppliers/<str:code>/what-if/", views.what_if, name="supplier-what-if"),
    path("stock/", views.stock, name="stock"),
    path("items/<path:number>/add/", views.add_lot, name="add-lot"),
    path("items/<path:number>/", views.item, name="item"),
    path("lots/<int:pk>/adjust/", views.adjust_lot, name="adjust-lot"),
    path("operation/<int:pk>/materials/", views.operation_materials, name="operation-materials"),
    path("operation/<int:pk>/issue/", views.issue, name="issue"),
    path("order/<str:reference>/panel/", views.order_panel, name="order-panel"),
]
