"""Examples in the schema, of a fictional shop."""

from drf_spectacular.utils import OpenApiExample

ORDER_REQUEST = OpenApiExample(
    "Two workstations",
    request_only=True,
    value={
        "customer_po": "4500017711",
        "requested_date": "2027-02-15",
        "lines": [
            {
                "product": "NB-W7",
                "quantity": 2,
                "choices": {"CHASSIS": "TWR", "CPU": "C16", "ASSET_TAG": "LAB-07"},
            }
        ],
    },
)
CONFIGURE_REQUEST = OpenApiExample(
    "A large processor in a tower",
    request_only=True,
    value={"choices": {"CHASSIS": "TWR", "CPU": "C32", "COOL": "AIO360"}, "quantity": 2},
)
MILESTONES = OpenApiExample(
    "Two milestones",
    response_only=True,
    status_codes=["200"],
    value={
        "items": [
            {
                "id": 311,
                "at": "2026-11-23T09:05:00Z",
                "code": "planning",
                "text": "Your order is being scheduled",
                "line": 1,
            },
            {
                "id": 318,
                "at": "2026-11-23T09:05:02Z",
                "code": "procurement",
                "text": "Materials are on their way",
                "line": 1,
            },
        ],
        "cursor": 318,
        "next": "/api/v1/orders/SO-2026-00041/events?after=318&limit=50",
        "more": False,
    },
)
