from mldebt.finding import Location, Owner
from mldebt.inventory import Cell, ModelRecord
from mldebt.reports.models_page import render_models_text


def test_the_bus_factor_is_readable_however_long_the_names_are() -> None:
    owners = tuple(Owner(name=f"Somebody With A Long Name {number}", share=0.3, active=True) for number in range(5))
    place = Location(path="train.py", line=3, column=1)
    record = ModelRecord(
        name="Ridge", path="train.py", builder=(Cell(text="Ridge", location=place),), owners=owners, bus_factor=2
    )
    text = render_models_text([record], width=60, colour=False)
    (known,) = (line.split(maxsplit=2)[2] for line in text.splitlines() if line.strip().startswith("known to"))
    assert known.startswith("bus factor 2: Somebody With A Long Name 0")
