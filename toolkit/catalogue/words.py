"""Headings and units of the tables that are shown, in both languages. French is not reviewed by a native speaker."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "fr"]

_FRENCH = {
    # titles
    "Parties": "Parties",
    "What is offered": "Ce qui est proposé",
    "Options": "Options",
    "Products by id": "Produits par identifiant",
    "Tiers": "Niveaux",
    "What each tier adds": "Ce que chaque niveau ajoute",
    "Environments": "Environnements",
    "What is excluded": "Ce qui est exclu",
    "Choices made where the document is open": "Choix faits là où le document est ouvert",
    "What is left to the provider": "Ce qui est laissé au fournisseur",
    "Prerequisites": "Prérequis",
    "Deliverables": "Livrables",
    "Recurring deliverables": "Livrables récurrents",
    "Stages of the transition": "Étapes de la transition",
    "Limits": "Limites",
    "Figures of changes": "Chiffres des changements",
    "Backup policies": "Politiques de sauvegarde",
    "Hours": "Horaires",
    "Priorities of incidents": "Priorités des incidents",
    "Urgencies": "Urgences",
    "Impacts": "Impacts",
    "Priority matrix": "Matrice des priorités",
    "What availability is measured for": "Ce dont la disponibilité est mesurée",
    "Availability that is guaranteed, in percent": "Disponibilité garantie, en pour cent",
    "Credits of availability": "Pénalités de disponibilité",
    "Credits of restore": "Pénalités de rétablissement",
    "Time to restore": "Temps de rétablissement (GTR)",
    "Time to change": "Temps de changement (GTC)",
    "Initial response": "Première réponse",
    "What a claim gives": "Ce qu'indique une demande de pénalité",
    # columns
    "party": "partie",
    "offering": "offre",
    "covers": "couvre",
    "option": "option",
    "condition": "condition",
    "only with one of": "seulement avec l'un de",
    "id": "identifiant",
    "product": "produit",
    "tier": "niveau",
    "tiers": "niveaux",
    "contains": "contient",
    "adds": "ajoute",
    "environment": "environnement",
    "excluded": "exclu",
    "unless quoted": "sauf devis",
    "choice": "choix",
    "what": "quoi",
    "prerequisite": "prérequis",
    "verb": "verbe",
    "owner": "responsable",
    "before the gate of": "avant le jalon de",
    "deliverable": "livrable",
    "stage": "étape",
    "accepted by": "accepté par",
    "due": "échéance",
    "rhythm": "rythme",
    "begins when": "commence quand",
    "gate is passed when": "jalon franchi quand",
    "limit": "limite",
    "bound": "borne",
    "value": "valeur",
    "rule": "règle",
    "policy": "politique",
    "cadence": "cadence",
    "kept": "conservation",
    "file backup": "sauvegarde de fichiers",
    "Office 365 backup": "sauvegarde Office 365",
    "hours": "horaires",
    "window": "plage",
    "priority": "priorité",
    "other environments": "autres environnements",
    "name": "nom",
    "criterion": "critère",
    "urgency": "urgence",
    "meaning": "signification",
    "impact": "impact",
    "from": "de",
    "from included": "borne basse comprise",
    "to": "à",
    "to included": "borne haute comprise",
    "function": "fonction",
    "counts": "compte",
    "above points": "au-delà de (points)",
    "up to and with points": "jusqu'à (points)",
    "above percent": "au-delà de (%)",
    "up to and with percent": "jusqu'à (%)",
    "credit percent": "pénalité (%)",
    "change": "changement",
    # cells
    "give": "fournir",
    "ensure": "assurer",
    "no gate": "sans jalon",
    "after": "après",
    "before": "avant",
    "yes": "oui",
    "no": "non",
    "daily": "quotidien",
    "weekly": "hebdomadaire",
    "monthly": "mensuel",
    "quarterly": "trimestriel",
    "yearly": "annuel",
    "managed function": "fonction managée",
    "exactly": "exactement",
    "at most": "au plus",
    "at least": "au moins",
    "within": "sous",
    "more than": "plus de",
    "less than": "moins de",
    "about": "environ",
    "supervision": "supervision",
    "token_minutes": "minutes d'un jeton",
    "simple_tokens": "jetons d'un changement simple",
    "out_of_hours_factor": "facteur hors heures ouvrées",
    "accelerated_factor": "facteur d'un changement accéléré",
    "accelerated_per_year": "changements accélérés par an",
}
_BOTH = {
    "operation": ("operation (incidents)", "exploitation (incidents)"),
    "administration": ("administration (changes)", "administration (changements)"),
    "case-submission": ("case submission", "dépôt des dossiers"),
    "response": ("response", "réponse"),
    "simple": ("simple", "simple"),
    "simple-accelerated": ("simple, accelerated", "simple, accéléré"),
    "complex": ("complex", "complexe"),
    "complex-accelerated": ("complex, accelerated", "complexe, accéléré"),
    "quote": ("quote for a non-standard change", "devis d'un changement hors standard"),
    "each": ("one by one", "une par une"),
    "together": ("one function for all its units", "une fonction pour toutes ses unités"),
    "commitment-start": ("the start of the commitment", "le début de l'engagement"),
    "stage-start": ("the start of the stage", "le début de l'étape"),
    "agenda-final": ("the final agenda", "le programme définitif"),
    "session-end": ("the end of the session", "la fin de la session"),
    "event-start": ("the start of the event", "le début de l'événement"),
    "month-end": ("the end of the month", "la fin du mois"),
}
_UNITS = {
    "minutes": ("minute", "minutes", "minute", "minutes"),
    "hours": ("hour", "hours", "heure", "heures"),
    "days": ("day", "days", "jour", "jours"),
    "business days": ("business day", "business days", "jour ouvré", "jours ouvrés"),
    "weeks": ("week", "weeks", "semaine", "semaines"),
    "months": ("month", "months", "mois", "mois"),
    "years": ("year", "years", "an", "ans"),
    "percent": ("%", "%", "%", "%"),
    "tokens": ("token", "tokens", "jeton", "jetons"),
    "times": ("time", "times", "fois", "fois"),
}


def word(said: str, language: Language) -> str:
    """A heading or a word of the catalogue's own in a language; what is not ours stays as it is."""
    if said in _BOTH:
        return _BOTH[said][1 if language == "fr" else 0]
    return _FRENCH.get(said, said) if language == "fr" else said.replace("_", " ")


def quantity(value: str, unit: str, language: Language) -> str:
    """A figure with its unit: ``1 business day``, ``98,5 %`` in French."""
    shown = value.replace(".", ",") if language == "fr" else value
    if not unit:
        return shown
    one, more, un, des = _UNITS.get(unit, (unit,) * 4)
    single = value in ("0", "1") if language == "fr" else value == "1"
    name = (un if single else des) if language == "fr" else (one if single else more)
    return f"{shown} {name}"
