"""Addresses of the planning pages."""

from django.urls import path

from planning import views

app_name = "planning"
urlpatterns = [
    path("", views.home, name="home"),
    path("board/", views.board, name="board"),
    path("board/data/", views.board_data, name="board-data"),
    path("replan/", views.replan, name="replan"),
    path("changes/", views.changes, name="changes"),
    path("changes/make/", views.make_changes, name="make-changes"),
    path("changes/preview/", views.preview_changes, name="preview-changes"),
    path("changes/<int:edit_id>/undo/", views.undo_changes, name="undo-changes"),
    path("calendars/", views.calendars, name="calendars"),
    path("calendars/new/", views.new_calendar, name="new-calendar"),
    path("calendars/<int:calendar_id>/", views.calendar, name="calendar"),
    path("calendars/<int:calendar_id>/remove/", views.remove_calendar, name="remove-calendar"),
    path("calendars/<int:calendar_id>/holidays/", views.upload_holidays, name="upload-holidays"),
    path("downtimes/", views.downtimes, name="downtimes"),
    path("downtimes/<int:downtime_id>/end/", views.end_downtime, name="end-downtime"),
    path("overtime/end/", views.end_overtime, name="end-overtime"),
    path("resources/", views.resources, name="resources"),
    path("resources/centres/new/", views.new_centre, name="new-centre"),
    path("resources/centres/<int:centre_id>/", views.centre, name="centre"),
    path("resources/people/", views.people, name="people"),
    path("resources/tools/", views.tools, name="tools"),
    path("resources/remove/", views.remove_resource, name="remove-resource"),
    path("absences/<int:absence_id>/end/", views.end_absence, name="end-absence"),
    path("sheets/", views.sheets, name="sheets"),
    path("sheets/workbook.xlsx", views.workbook, name="workbook"),
    path("uploads/<int:upload_id>/", views.upload, name="upload"),
    path("hurts/", views.hurts, name="hurts"),
    path("what-if/", views.what_if, name="what-if"),
    path("what-if/<int:branch_id>/", views.branch, name="branch"),
    path("what-if/<int:branch_id>/add/<slug:kind>/", views.add_change, name="add-change"),
    path("what-if/<int:branch_id>/remove/", views.remove_change, name="remove-change"),
    path("what-if/<int:branch_id>/plan/", views.plan_branch, name="plan-branch"),
    path("what-if/<int:branch_id>/copy/", views.copy_branch, name="copy-branch"),
    path("what-if/<int:branch_id>/drop/", views.drop_branch, name="drop-branch"),
    path("what-if/<int:branch_id>/adopt/", views.adopt_branch, name="adopt-branch"),
    path("order/<str:reference>/why/", views.why, name="why"),
    path("order/<str:reference>/panel/", views.order_panel, name="order-panel"),
    path("order/<str:reference>/promise/", views.promise_panel, name="promise-panel"),
    path("order/<str:reference>/hold/", views.hold, name="hold"),
    path("order/<str:reference>/release/", views.release, name="release"),
]
