"""What customers read of a quotation, in German; the words of its PDF stand in quotation_paper."""

from kernel.tongue import GERMAN, PLAIN, Phrasebook

FRAME = {
    "Skip to content": "Zum Inhalt",
    "Messages": "Meldungen",
    "Dismiss message": "Meldung schließen",
    "Try again": "Erneut versuchen",
    "You may not do this. Ask an administrator for the role it needs.": (
        "Das dürfen Sie nicht. Bitten Sie den Administrator um die nötige Rolle."
    ),
    "This no longer exists. Reload the page to see what is there now.": (
        "Das gibt es nicht mehr. Laden Sie die Seite neu, um den Stand von jetzt zu sehen."
    ),
    "Too many requests at once. Wait a moment, then try again.": (
        "Zu viele Anfragen auf einmal. Warten Sie einen Augenblick und versuchen Sie es dann erneut."
    ),
    "That did not work on our side. Nothing was changed on this page.": (
        "Das hat bei uns nicht funktioniert. Auf dieser Seite wurde nichts geändert."
    ),
    "No connection to the server. Check the network, then try again.": (
        "Keine Verbindung zum Server. Prüfen Sie das Netz und versuchen Sie es dann erneut."
    ),
    "The server takes longer than usual. Try again.": (
        "Der Server braucht länger als sonst. Versuchen Sie es erneut."
    ),
    "optional": "freiwillig",
    "One thing needs your attention": "Eine Angabe fehlt noch oder stimmt nicht",
    "{count} things need your attention": "{count} Angaben fehlen noch oder stimmen nicht",
    "This field is required.": "Diese Angabe fehlt.",
    "Ensure this value has at most {most} characters (it has {has}).": (
        "Höchstens {most} Zeichen, es sind {has}."
    ),
    "Select a valid choice. {what} is not one of the available choices.": (
        "Bitte wählen Sie eine der Möglichkeiten."
    ),
    "Select a valid choice. That choice is not one of the available choices.": (
        "Bitte wählen Sie eine der Möglichkeiten."
    ),
    "Too many requests": "Zu viele Anfragen",
    "Wait {wait} seconds, then open the link again. Nothing is lost.": (
        "Warten Sie {wait} Sekunden und öffnen Sie den Link dann erneut. Es ist nichts verloren."
    ),
    "Unknown link": "Unbekannter Link",
    "We do not know this link": "Diesen Link kennen wir nicht",
    "It may be cut off: copy the whole of it from our message.": (
        "Vielleicht ist er abgeschnitten: Kopieren Sie ihn ganz aus unserer Nachricht."
    ),
    "If it still leads here, ask the person who sent it for a new one.": (
        "Führt er immer noch hierher, bitten Sie den Absender um einen neuen."
    ),
}
DAYS = {
    **{"Mon": "Mo", "Tue": "Di", "Wed": "Mi", "Thu": "Do", "Fri": "Fr", "Sat": "Sa", "Sun": "So"},
    **{"Mar": "März", "May": "Mai", "Oct": "Okt", "Dec": "Dez"},
    "today": "heute",
    "tomorrow": "morgen",
    "yesterday": "gestern",
    "just now": "gerade eben",
    "in under a minute": "in weniger als einer Minute",
    "in {span}": "in {span}",
    "{span} ago": "vor {span}",
    **{"day": "Tag", "days": "Tagen", "month": "Monat", "months": "Monaten"},
}
PAGE = {
    "Quotation {number} rev {letter}": "Angebot {number} Rev. {letter}",
    "For {customer}": "Für {customer}",
    "sent": "gesendet",
    "valid until": "gültig bis",
    "Download PDF": "PDF herunterladen",
    "Sent": "Gesendet",
    "Accepted": "Angenommen",
    "Rejected": "Abgelehnt",
    "Expired": "Abgelaufen",
    "Superseded": "Ersetzt",
    "Cancelled": "Zurückgezogen",
    "Accepted by {name}": "Angenommen von {name}",
    "on": "am",
    "document {number}": "Dokument {number}",
    "total": "Summe",
    "It is order {number}.": "Ihr Auftrag hat die Nummer {number}.",
    "We are revising this quotation.": "Wir überarbeiten dieses Angebot.",
    "You cannot accept it at the moment.": "Zurzeit können Sie es nicht annehmen.",
    "You get the next revision as soon as it is ready.": (
        "Sie erhalten die nächste Revision, sobald sie fertig ist."
    ),
    "Ask us below if you need this one.": "Fragen Sie uns unten, wenn Sie diese brauchen.",
    "Nothing was changed.": "Es wurde nichts geändert.",
    "What we offer": "Unser Angebot",
    "Option": "Option",
    "{count} ordered": "{count} bestellt",
    "not taken": "nicht genommen",
    "each": "je Stück",
    "not in the total": "nicht in der Summe",
    "requested": "gewünscht zum",
    "Or {count} pcs at": "Oder {count} Stück zu",
    "Specification": "Ausführung",
    "choice": "Angabe",
    "choices": "Angaben",
    "Total, net": "Summe netto",
    "Total with tax": "Gesamtbetrag",
    "Your choice": "Ihre Auswahl",
    "Show total": "Summe zeigen",
    "Nothing chosen yet": "Noch nichts gewählt",
    "Prices are net; tax is added where it applies.": (
        "Alle Preise netto zuzüglich gesetzlicher Umsatzsteuer."
    ),
    "Accept the quotation": "Angebot annehmen",
    "Accept quotation": "Angebot annehmen",
    "Accepting makes it an order.": "Mit der Annahme wird es ein Auftrag.",
    "Kept with it: the name, the time and the number of the document.": (
        "Dazu bewahren wir Namen, Zeitpunkt und Nummer des Dokuments auf."
    ),
    "Reject the quotation": "Angebot ablehnen",
    "Reject quotation": "Angebot ablehnen",
    "Terms": "Bedingungen",
    "Payment": "Zahlung",
    "Delivery time": "Lieferzeit",
    "Requested date": "Wunschtermin",
    "Ship to": "Lieferung an",
    "Your PO": "Ihre Bestellnummer",
    "Document": "Dokument",
    "Note": "Hinweis",
    "Other revisions": "Andere Revisionen",
    "Revision {letter}": "Revision {letter}",
    "Compare with {letter}": "Mit {letter} vergleichen",
    "Questions": "Fragen",
    "Send question": "Frage senden",
    "rev {letter}": "Rev. {letter}",
}
FORMS = {
    "Your name": "Ihr Name",
    "Your position": "Ihre Funktion",
    "Your purchase order number": "Ihre Bestellnummer",
    "Deliver to": "Lieferung an",
    "Choose the address": "Adresse wählen",
    "I accept {revision}, document {number}, with these choices": (
        "Ich nehme {revision}, Dokument {number}, mit dieser Auswahl an"
    ),
    "Take option {position}: {quantity} × {product} for {price}": (
        "Option {position} nehmen: {quantity} × {product} für {price}"
    ),
    "How many of line {position}: {product}": "Wie viele von Position {position}: {product}",
    "{quantity} pcs at {unit} = {total}": "{quantity} Stück zu {unit} = {total}",
    "Reason": "Grund",
    "Choose one": "Bitte wählen",
    "Price": "Preis",
    "Delivery date": "Liefertermin",
    "Another supplier": "Anderer Lieferant",
    "Specification does not fit": "Ausführung passt nicht",
    "Project was stopped": "Projekt wurde eingestellt",
    "No answer": "Keine Rückmeldung",
    "Another reason": "Anderer Grund",
    "What would have made it fit?": "Was hätte besser gepasst?",
    "Your question": "Ihre Frage",
}
ANSWERS = {
    "{revision} is accepted: it is order {number}.": (
        "{revision} ist angenommen: Ihr Auftrag hat die Nummer {number}."
    ),
    "{revision} is rejected. Thank you for telling us why.": (
        "{revision} ist abgelehnt. Danke, dass Sie uns den Grund nennen."
    ),
    "Your question is sent. You find our answer on this page.": (
        "Ihre Frage ist gesendet. Unsere Antwort finden Sie auf dieser Seite."
    ),
    "Tick the document that you accept, after reading it.": (
        "Bestätigen Sie das Dokument, das Sie annehmen, nachdem Sie es gelesen haben."
    ),
    "This is not the document that was sent.": "Das ist nicht das Dokument, das wir gesendet haben.",
    "Read {revision} and tick its document number {number}.": (
        "Lesen Sie {revision} und bestätigen Sie die Dokumentnummer {number}."
    ),
    "Your name is missing.": "Ihr Name fehlt.",
    "Give the name of who decides.": "Nennen Sie, wer entscheidet.",
    "There is no text.": "Der Text fehlt.",
    "Write your question in a few words.": "Schreiben Sie Ihre Frage in wenigen Worten.",
    "Nothing is chosen.": "Es ist nichts gewählt.",
    "Take at least one of the options.": "Nehmen Sie mindestens eine der Optionen.",
    "{revision} was rejected.": "{revision} wurde abgelehnt.",
    "{revision} has expired.": "{revision} ist abgelaufen.",
    "{revision} is superseded by a later revision.": "{revision} ist durch eine spätere Revision ersetzt.",
    "{revision} was withdrawn.": "{revision} wurde zurückgezogen.",
    "{revision} was valid until {day}.": "{revision} war bis {day} gültig.",
    "{revision} is being revised.": "{revision} wird gerade überarbeitet.",
    "Ask us to change it.": "Bitten Sie uns um eine Änderung.",
    "Ask us for a new revision if you want it after all.": (
        "Bitten Sie uns um eine neue Revision, wenn Sie es doch möchten."
    ),
    "Ask us for a new revision: we renew it with today's prices and dates.": (
        "Bitten Sie uns um eine neue Revision: Wir erneuern es zu heutigen Preisen und Terminen."
    ),
    "Use the link that came with the newest one.": "Nutzen Sie den Link, der mit der neuesten kam.",
    "Ask us for a new one.": "Bitten Sie uns um ein neues Angebot.",
    "Wait for the next revision, or ask us.": "Warten Sie auf die nächste Revision, oder fragen Sie uns.",
    "The requested date {day} has passed and cannot be promised any more.": (
        "Der Wunschtermin {day} ist vorbei und kann nicht mehr zugesagt werden."
    ),
    "Ask us for a new date: we send you the next revision.": (
        "Bitten Sie uns um einen neuen Termin: Wir senden Ihnen die nächste Revision."
    ),
    "{customer} orders by purchase order number only.": "{customer} bestellt nur mit Bestellnummer.",
    "Enter the customer's purchase order number.": "Geben Sie Ihre Bestellnummer an.",
    "No delivery address is chosen.": "Es ist keine Lieferadresse gewählt.",
}
COMPARISON = {
    "Revisions {left} and {right} of {number}": "Revisionen {left} und {right} von {number}",
    "difference": "Unterschied",
    "differences": "Unterschiede",
    "Nothing differs": "Kein Unterschied",
    "Show everything": "Alles zeigen",
    "Show differences only": "Nur Unterschiede zeigen",
    "What": "Was",
    "Line {position}: {name}": "Position {position}: {name}",
    **{"changed": "geändert", "added": "neu", "removed": "entfallen", "same": "gleich"},
    "Valid until": "Gültig bis",
    "Customer PO": "Bestellnummer",
    "Contact": "Ansprechpartner",
    "Incoterm": "Incoterm",
    "Named place": "Benannter Ort",
    "Payment terms": "Zahlungsbedingungen",
    "Payment plan": "Zahlungsplan",
    "Total": "Summe",
    "Options": "Optionen",
    "Product": "Produkt",
    "Quantity": "Menge",
    "Unit price": "Einzelpreis",
    "Amount": "Betrag",
    "Option line": "Optionale Position",
    "Further quantities": "Weitere Mengen",
    "yes": "ja",
}

IN_GERMAN = Phrasebook(GERMAN, {**FRAME, **DAYS, **PAGE, **FORMS, **ANSWERS, **COMPARISON})


def phrasebook_of(language: str) -> Phrasebook:
    """The phrases of a customer's language: `de`, `de-AT` and the like German, every other one English."""
    return IN_GERMAN if language[:2].lower() == GERMAN else PLAIN
