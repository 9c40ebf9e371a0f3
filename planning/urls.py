"""Addresses of the planning pages."""

from django.urls import path

from planning import views

app_name = "planning"
urlpatterns = [
    path("", views.home, name="home"),
    path("replan/", views.replan, name="replan"),
    path("changes/", views.changes, name="changes"),
    path("changes/make/", views.make_changes, name="make-changes"),
    path("changes/preview/", views.preview_changes, name="preview-changes"),
    path("changes/<int:edit_id>/undo/", views.undo_changes, name="undo-changes"),
    path("downtimes/", views.downtimes, name="downtimes"),
    path("downtimes/<int:downtime_id>/end/", views.end_downtime, name="end-downtime"),
    path("resources/", views.resources, name="resources"),
    path("absences/<int:absence_id>/end/", views.end_absence, name="end-absence"),
    path("hurts/", views.hurts, name="hurts"),
    path("order/<str:reference>/why/", views.why, name="why"),
    path("order/<str:reference>/panel/", views.order_panel, name="order-panel"),
    path("order/<str:reference>/promise/", views.promise_panel, name="promise-panel"),
    path("order/<str:reference>/hold/", views.hold, name="hold"),
    path("order/<str:reference>/release/", views.release, name="release"),
]
