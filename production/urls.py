"""Addresses of the production pages."""

from django.urls import path

from production import views

app_name = "production"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("work-centre/<str:code>/", views.terminal, name="terminal"),
    path("operations/<int:pk>/", views.operation, name="operation"),
    path("operations/<int:pk>/start/", views.start, name="start"),
    path("operations/<int:pk>/pause/", views.pause, name="pause"),
    path("operations/<int:pk>/finish/", views.finish, name="finish"),
    path("operations/<int:pk>/settle-scrap/", views.settle_scrap, name="settle-scrap"),
    path("work-orders/", views.work_order_list, name="work-orders"),
    path("work-orders/<str:number>/", views.work_order, name="work-order"),
    path("work-orders/<str:number>/traveller/", views.traveller, name="traveller"),
    path("order/<str:reference>/panel/", views.order_panel, name="order-panel"),
]
