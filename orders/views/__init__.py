"""Pages of the orders stage."""

from orders.views.attention import needs_attention, try_again
from orders.views.customers import customer, customer_list
from orders.views.drawings import attach, detach, drawing
from orders.views.engineering import engineer_line
from orders.views.home import home
from orders.views.keys import keys, revoke
from orders.views.links import link, link_answer, link_compare, link_paper
from orders.views.listing import order_list
from orders.views.order import act, order
from orders.views.portal import catalogue, click_own, configure_own
from orders.views.price_lists import (
    add_list_price,
    drop_list_price,
    list_price,
    new_price_list,
    price_list,
    price_lists,
)
from orders.views.prices import price_of_line
from orders.views.products import (
    begin_draft,
    check_model,
    compare_models,
    complete,
    export_model,
    judge_formula,
    migration,
    model,
    model_add,
    model_files,
    model_level,
    model_move,
    model_remove,
    model_row,
    model_rows,
    new_product,
    product,
    products,
    publish,
    try_model,
    used,
)
from orders.views.quoting import configure, edit_quotation, new_quotation, remove_line
from orders.views.revisions import (
    mail,
    quotation,
    reply,
    revision,
    revision_answer,
    revision_compare,
    revision_paper,
    terms,
)
from orders.views.search import find
from orders.views.side_by_side import compare_lines
from orders.views.templates import drop_template, new_template, template, templates
from orders.views.winning import winning

__all__ = [
    "act",
    "add_list_price",
    "attach",
    "begin_draft",
    "catalogue",
    "check_model",
    "click_own",
    "compare_lines",
    "compare_models",
    "complete",
    "configure",
    "configure_own",
    "customer",
    "customer_list",
    "detach",
    "drawing",
    "drop_list_price",
    "drop_template",
    "edit_quotation",
    "engineer_line",
    "export_model",
    "find",
    "home",
    "judge_formula",
    "keys",
    "link",
    "link_answer",
    "link_compare",
    "link_paper",
    "list_price",
    "mail",
    "migration",
    "model",
    "model_add",
    "model_files",
    "model_level",
    "model_move",
    "model_remove",
    "model_row",
    "model_rows",
    "needs_attention",
    "new_price_list",
    "new_product",
    "new_quotation",
    "new_template",
    "order",
    "order_list",
    "price_list",
    "price_lists",
    "price_of_line",
    "product",
    "products",
    "publish",
    "quotation",
    "remove_line",
    "reply",
    "revision",
    "revision_answer",
    "revision_compare",
    "revision_paper",
    "revoke",
    "template",
    "templates",
    "terms",
    "try_again",
    "try_model",
    "used",
    "winning",
]
