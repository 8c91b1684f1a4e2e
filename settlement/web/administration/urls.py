"""Addresses of the pages of accounts and of the audit."""

from django.urls import path

from settlement.web.administration import acts, audit, forms, tokens, views, webhooks

urlpatterns = [
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/new", forms.new_account, name="account-new"),
    path("accounts/made", forms.made, name="account-made"),
    path("accounts/<int:number>/", views.account, name="account"),
    path("accounts/<int:number>/change", forms.change, name="account-change"),
    path("accounts/<int:number>/changed", forms.changed, name="account-changed"),
    path("accounts/<int:number>/invited", acts.invited, name="account-invited"),
    path("accounts/<int:number>/ask/<str:what>", acts.asked, name="account-ask"),
    path("accounts/<int:number>/done/<str:what>", acts.done, name="account-done"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new", tokens.new_token, name="token-new"),
    path("tokens/made", tokens.made, name="token-made"),
    path("tokens/<int:number>/ask", tokens.asked, name="token-ask"),
    path("tokens/<int:number>/ended", tokens.ended, name="token-ended"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/new", webhooks.new_webhook, name="webhook-new"),
    path("webhooks/made", webhooks.made, name="webhook-made"),
    path("webhooks/<int:number>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:number>/ask/<str:what>", webhooks.asked, name="webhook-ask"),
    path("webhooks/<int:number>/done/<str:what>", webhooks.done, name="webhook-done"),
    path("webhooks/<int:number>/tried", webhooks.tried, name="webhook-tried"),
    path("webhooks/<int:number>/again/<int:delivery>", webhooks.sent_again, name="webhook-again"),
    path("audit/", audit.audit, name="audit"),
]
