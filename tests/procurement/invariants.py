"""What must hold after every act, asked of the database."""

from django.db.models import F, Sum

from planning.models import Requirement
from procurement.models import Lot, Peg, PurchaseOrderLine, Reservation, StockMove


def check_invariants() -> None:
    """Ledger, reservations, pegs and what planning knows agree."""
    for lot in Lot.objects.all():
        moves = StockMove.objects.filter(lot=lot).aggregate(total=Sum("quantity"))["total"] or 0
        assert moves == lot.on_hand, f"ledger of {lot}"
        kept = (
            Reservation.objects.filter(lot=lot).aggregate(total=Sum(F("quantity") - F("issued")))["total"]
            or 0
        )
        assert kept == lot.reserved <= lot.on_hand, f"reservations of {lot}"
    for line in PurchaseOrderLine.objects.all():
        pegs = Peg.objects.filter(purchase_line=line).aggregate(all=Sum("quantity"), here=Sum("received"))
        assert (pegs["all"] or 0) == line.pegged == line.quantity - line.free - line.surplus, (
            f"pegs of {line}"
        )
        assert (pegs["here"] or 0) + line.surplus == line.received <= line.quantity, f"receipts of {line}"
    for need in Requirement.objects.all():
        kept = Reservation.objects.filter(requirement=need).aggregate(all=Sum("quantity"), used=Sum("issued"))
        assert (kept["all"] or 0, kept["used"] or 0) == (need.available, need.issued), f"supply of {need}"
