"""Writes of the orders stage: keyword-only verbs, each one transaction."""

from orders.services.answering import (
    Acceptance,
    accept_quotation,
    answer_question,
    ask_question,
    note_opening,
    reject_revision,
    why_closed,
)
from orders.services.beginning import begin_product
from orders.services.confirming import confirm_order, noon
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
    Paper,
    Work,
    add_documents,
    add_milestones,
    close_work,
    open_work,
    promise,
    record_forecasts,
    withdraw_promise,
)
from orders.services.drafting import add_row, change_row, move_row, remove_row
from orders.services.drawings import add_drawing, remove_drawing
from orders.services.engineering import HandWork, engineer_product
from orders.services.fingerprints import canonical_sha256
from orders.services.handling import beat, handling, retry_parked, run_here, sweep_handovers
from orders.services.headers import Header
from orders.services.importing import import_model
from orders.services.keys import SCOPES, authenticate_key, create_api_key, revoke_api_key
from orders.services.lifecycle import advance, advance_all, lock_jobs, lock_orders
from orders.services.lines import InvalidInput, LineInput, configured
from orders.services.locking import lock_order, today
from orders.services.mailing import mail_link
from orders.services.migrating import move_to_newest
from orders.services.modelling import create_product, draft_of, fingerprint, save_draft
from orders.services.papers import paper_of
from orders.services.price_lists import keep_list_price, keep_price_list, remove_list_price
from orders.services.pricing import approve_price, turn_down_price
from orders.services.priority import set_priority
from orders.services.publishing import (
    check_product,
    prove_revision,
    publish_product,
    request_publication,
    retire_product,
    sweep_proofs,
)
from orders.services.quoting import (
    change_quotation,
    create_quotation,
    decline_quotation,
    expire_quotations,
    revise_quotation,
    send_quotation,
)
from orders.services.revisions import hash_of, token_of
from orders.services.submissions import Answer, KeyReused, fingerprint_of, once
from orders.services.terms import change_terms, check_plan, keep_template, remove_template
from orders.services.wake import send, wake_after_commit

__all__ = [
    "SCOPES",
    "Acceptance",
    "Answer",
    "HandWork",
    "Header",
    "InvalidInput",
    "KeyReused",
    "LineInput",
    "Paper",
    "Work",
    "accept_quotation",
    "add_documents",
    "add_drawing",
    "add_milestones",
    "add_row",
    "advance",
    "advance_all",
    "answer_question",
    "approve_price",
    "ask_question",
    "authenticate_key",
    "beat",
    "begin_product",
    "cancel_job",
    "cancel_order",
    "canonical_sha256",
    "change_quotation",
    "change_row",
    "change_terms",
    "check_plan",
    "check_product",
    "close_order",
    "close_work",
    "configured",
    "confirm_order",
    "create_api_key",
    "create_product",
    "create_quotation",
    "decline_quotation",
    "draft_of",
    "engineer_product",
    "expire_quotations",
    "fingerprint",
    "fingerprint_of",
    "handling",
    "hash_of",
    "hold_job",
    "hold_jobs",
    "import_model",
    "keep_list_price",
    "keep_price_list",
    "keep_template",
    "lock_jobs",
    "lock_order",
    "lock_orders",
    "mail_link",
    "move_row",
    "move_to_newest",
    "noon",
    "note_opening",
    "once",
    "open_work",
    "paper_of",
    "promise",
    "promise_anew",
    "prove_revision",
    "publish_product",
    "record_forecasts",
    "reject_revision",
    "remove_drawing",
    "remove_list_price",
    "remove_row",
    "remove_template",
    "request_publication",
    "resume_job",
    "resume_jobs",
    "retire_product",
    "retry_parked",
    "revise_quotation",
    "revoke_api_key",
    "run_here",
    "save_draft",
    "send",
    "send_quotation",
    "set_priority",
    "sweep_handovers",
    "sweep_proofs",
    "today",
    "token_of",
    "turn_down_price",
    "wake_after_commit",
    "why_closed",
    "withdraw_promise",
]
