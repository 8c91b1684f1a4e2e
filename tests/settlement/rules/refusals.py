"""The obvious model of what people refused: for each step of a line's time, who said no to it."""


class Steps:
    """Who refused each unit of a line's time to be added, and to be taken back."""

    def __init__(self):
        self.approved, self.up, self.down = 0, {}, {}
        self.additions = []
        """What of each refusal to add is left: from, to, by whom, and when it was asked."""

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
        left = ((max(low, to), high, by, asked) for low, high, by, asked in self.additions)
        self.additions = [one for one in left if one[0] < one[1]]

    def reject(self, to, by, asked=0):
        for refusers in self.refusers(to):
            refusers.add(by)
        if to > self.approved:
            self.additions.append((self.approved, to, by, asked))

    def reopen(self):
        self.up, self.down, self.additions = {}, {}, []

    def carry(self, other, asked, since=0):
        """As many hours as somebody refused to add to another line are refused of this one."""
        for low, high, by, when in list(other.additions):
            if when >= since:
                self.reject(self.approved + high - low, by, asked)

    def may_approve(self, to, by, note):
        refused = set().union(*self.refusers(to))
        return by not in refused and (bool(note) or not refused)

    def may_reopen(self, by):
        return by not in set().union(*self.up.values(), *self.down.values())
