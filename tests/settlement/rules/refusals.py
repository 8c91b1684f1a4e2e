"""The obvious model of what people refused: for each step of a line's time, who said no to it."""


class Steps:
    """Who refused each unit of a line's time to be added, and to be taken back."""

    def __init__(self):
        self.approved, self.up, self.down = 0, {}, {}

    def refusers(self, to):
        """Of each hour of the way to that many, who refused it."""
        way, refused = (
            (range(self.approved, to), self.up)
            if to > self.approved
            else (range(to, self.approved), self.down)
        )
        return [refused.setdefault(hour, set()) for hour in way]

    def approve(self, to):
        self.approved = to
        self.up = {hour: by for hour, by in self.up.items() if hour >= to}
        self.down = {hour: by for hour, by in self.down.items() if hour < to}

    def reject(self, to, by):
        for refusers in self.refusers(to):
            refusers.add(by)

    def may_approve(self, to, by, note):
        refused = set().union(*self.refusers(to))
        return by not in refused and (bool(note) or not refused)

    def may_reopen(self, by):
        return by not in set().union(*self.up.values(), *self.down.values())
