"""Every row of a database by model and number: what was there before an upgrade, and whether it still is."""

import datetime as dt
import json


def rows_of(models):
    """What each of our models holds: {model: {key: {column: value}}}, all of it as JSON knows it."""
    found = {
        model.__name__: {str(row.pk): _columns(row) for row in model.objects.all()}
        for model in models
        if model._meta.app_label == "settlement" and model._meta.managed
    }
    return json.loads(json.dumps(found))


def lost(before, after):
    """Each row that is gone, and each value that is another one: a table of later adds, it takes nothing."""
    told = []
    for model, rows in before.items():
        for key, columns in rows.items():
            now = after.get(model, {}).get(key)
            if now is None:
                told.append(f"{model} {key} is gone")
                continue
            told += [
                f"{model} {key}: {name} was {value!r} and is {now.get(name, '(no column)')!r}"
                for name, value in columns.items()
                if name not in now or now[name] != value
            ]
    return told


def _columns(row):
    return {field.attname: _said(getattr(row, field.attname)) for field in row._meta.concrete_fields}


def _said(value):
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, dt.date) else value
