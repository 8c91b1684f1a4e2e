"""Names as strangers may see them."""


def masked_name(name: str) -> str:
    """The first character of each word, the rest masked: 王小明 becomes 王**, Li Mei becomes L* M**."""
    return " ".join(word[:1] + "*" * (len(word) - 1) for word in name.split())
