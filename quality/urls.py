"""Addresses of the quality pages."""

from django.urls import path

from quality import views

app_name = "quality"
urlpatterns = [
    path("", views.home, name="home"),
    path("inspections/", views.inspection_list, name="inspections"),
    path("inspections/<str:number>/", views.inspection, name="inspection"),
    path("inspections/<str:number>/values/", views.record_values, name="record-values"),
    path("inspections/<str:number>/values/<int:row>/", views.record_value, name="record-value"),
    path("inspections/<str:number>/decide/", views.decide, name="decide"),
    path("inspections/<str:number>/use-as-is/", views.use_as_is, name="use-as-is"),
    path("nonconformances/", views.nonconformance_list, name="nonconformances"),
    path("nonconformances/<str:number>/", views.nonconformance, name="nonconformance"),
    path("order/<str:reference>/panel/", views.order_panel, name="order-panel"),
]
