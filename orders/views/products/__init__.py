"""Products: what is offered, and the models behind it as their engineers write them."""

from orders.views.products.beginning import new_product
from orders.views.products.catalogue import product, products
from orders.views.products.editing import model_add, model_move, model_remove, model_row
from orders.views.products.exchange import export_model, model_files
from orders.views.products.formulas import complete, judge_formula, used
from orders.views.products.history import compare_models, migration
from orders.views.products.model import begin_draft, model, model_level, model_rows
from orders.views.products.proof import check_model, publish
from orders.views.products.trying import try_model

__all__ = [
    "begin_draft",
    "check_model",
    "compare_models",
    "complete",
    "export_model",
    "judge_formula",
    "migration",
    "model",
    "model_add",
    "model_files",
    "model_level",
    "model_move",
    "model_remove",
    "model_row",
    "model_rows",
    "new_product",
    "product",
    "products",
    "publish",
    "try_model",
    "used",
]
