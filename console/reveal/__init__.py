"""What a page masks of a resident, shown for a minute to whoever may see it, with a line in the access log.

A page that masks a door code, a telephone number or an illness says in its template

    {% from 'reveal.j2' import reveal, reveal_head with context %}
    {% block more_head %}{{ reveal_head() }}{% endblock %}
    ...
    {{ reveal(home_id, 'door') }}    or 'phone' or 'health'

and gets a button "보기(기록됨)". The script opens the first one of the page with the key V, asks for a reason where the
role must give one, puts the value in the button's place and takes it away after 60 seconds. Without the script the
button leads to a page of its own. Ask `{% if 'reveal' in page.acts %}` first. Where a page decides on the server
whether to show the button at all, `console.reveal.rules.may_reveal` is the rule.
"""
