"""The API for other systems: homes, alerts, webhooks and exports, behind tokens instead of sessions."""
