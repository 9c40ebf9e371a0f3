"""Writes of the orders stage: keyword-only verbs, each one transaction."""

from orders.services.confirming import canonical_sha256, confirm_order, noon
from orders.services.controlling import (
    cancel_job,
    cancel_order,
    close_order,
    hold_job,
    hold_jobs,
    promise_anew,
    resume_job,
    resume_jobs,
)
from orders.services.desk import (
    Work,
    add_document,
    add_milestones,
    close_work,
    open_work,
    promise,
    record_forecasts,
)
from orders.services.handling import beat, handling, retry_parked, run_here, sweep_handovers
from orders.services.headers import Header
from orders.services.keys import SCOPES, authenticate_key, create_api_key, revoke_api_key
from orders.services.lifecycle import advance, advance_all, lock_jobs, lock_orders
from orders.services.lines import InvalidInput, LineInput, configured
from orders.services.locking import lock_order, today
from orders.services.publishing import check_product, publish_product, retire_product, unpublish_changed
from orders.services.quoting import (
    change_quotation,
    create_quotation,
    decline_quotation,
    expire_quotations,
    revise_quotation,
    send_quotation,
)
from orders.services.submissions import Answer, KeyReused, fingerprint_of, once
from orders.services.wake import send, wake_after_commit

__all__ = [
    "SCOPES",
    "Answer",
    "Header",
    "InvalidInput",
    "KeyReused",
    "LineInput",
    "Work",
    "add_document",
    "add_milestones",
    "advance",
    "advance_all",
    "authenticate_key",
    "beat",
    "cancel_job",
    "cancel_order",
    "canonical_sha256",
    "change_quotation",
    "check_product",
    "close_order",
    "close_work",
    "configured",
    "confirm_order",
    "create_api_key",
    "create_quotation",
    "decline_quotation",
    "expire_quotations",
    "fingerprint_of",
    "handling",
    "hold_job",
    "hold_jobs",
    "lock_jobs",
    "lock_order",
    "lock_orders",
    "noon",
    "once",
    "open_work",
    "promise",
    "promise_anew",
    "publish_product",
    "record_forecasts",
    "resume_job",
    "resume_jobs",
    "retire_product",
    "retry_parked",
    "revise_quotation",
    "revoke_api_key",
    "run_here",
    "send",
    "send_quotation",
    "sweep_handovers",
    "today",
    "unpublish_changed",
    "wake_after_commit",
]
