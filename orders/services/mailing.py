"""The link to a quotation by e-mail, where the installation can send any."""

from smtplib import SMTPException

from django.core.mail import send_mail

from kernel.errors import Refused
from orders.models import QuotationRevision


def mail_link(*, revision: QuotationRevision, url: str) -> str:
    """Send the link to the contact of the quotation; returns the address.

    Refused where there is no address, or the mail server does not take it: nothing else changes then.
    """
    contact = revision.order.contact
    if contact is None or not contact.email:
        raise Refused(
            "The quotation names no contact with an e-mail address.",
            field="contact",
            remedy="Copy the link and send it yourself.",
        )
    sender, until = revision.content["company"]["name"], f"{revision.valid_until:%d.%m.%Y}"
    text = (
        f"Dear {contact.name},\n\nour quotation {revision} is ready, valid until {until}.\n"
        f"Read it, ask about it, accept or reject it here:\n\n{url}\n\n{sender}\n"
    )
    try:
        send_mail(f"Quotation {revision} of {sender}", text, None, [contact.email])
    except (SMTPException, OSError) as error:
        raise Refused(
            "The mail server did not take the message.", remedy="Copy the link and send it yourself."
        ) from error
    return contact.email
