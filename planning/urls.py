"""Addresses of the planning pages."""

from django.urls import path

from planning import views

app_name = "planning"
urlpatterns = [
    path("", views.home, name="home"),
    path("replan/", views.replan, name="replan"),
    path("order/<str:reference>/panel/", views.order_panel, name="order-panel"),
    path("order/<str:reference>/promise/", views.promise_panel, name="promise-panel"),
    path("order/<str:reference>/hold/", views.hold, name="hold"),
    path("order/<str:reference>/release/", views.release, name="release"),
]
