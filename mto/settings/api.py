"""How the customer API behaves by default: closed, JSON only, every error a problem."""

from typing import Any

from mto.settings.env import env_str

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["orders.api.parsers.StrictJsonParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["orders.api.permissions.Deny"],
    "DEFAULT_THROTTLE_RATES": {
        "read": env_str("MTO_API_READS", "600/min"),
        "write": env_str("MTO_API_WRITES", "60/min"),
    },
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "orders.api.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "UNICODE_JSON": True,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Make-to-order customer API",
    "VERSION": "1",
    "DESCRIPTION": (
        "Follow your orders, configure products and request quotations from your own software. "
        "Every request carries an API key; every error is a problem (RFC 9457). Money is text with its "
        "currency, times are RFC 3339 in UTC."
    ),
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATION_PARAMETERS": False,
    "PREPROCESSING_HOOKS": ["orders.api.schema.drop_slashed"],
    "ENUM_NAME_OVERRIDES": {
        "StateCode": "orders.api.serializers.STATE_CODES",
        "Stage": "orders.api.serializers.RAIL",
        "Standing": "orders.api.serializers.STANDINGS",
        "RuleKind": "orders.api.serializers.RULE_KINDS",
        "ParameterKind": "orders.api.serializers.PARAMETER_KINDS",
        "ShipPolicy": "orders.api.serializers.SHIP_POLICIES",
        "Incoterm": "orders.api.serializers.INCOTERMS",
    },
    "TAGS": [
        {"name": "Orders", "description": "Your quotations and orders."},
        {"name": "Products", "description": "What can be ordered, and what a configuration costs."},
    ],
}
