from mldebt.facts.code_as_data import code_as_data, without_data
from mldebt.facts.extract import extract_facts
from mldebt.sources import Category, CategoryGlobs, Document, DocumentKind, SourceFile, SourceKind

FOREIGN = "import pandas as pd\nimport seaborn\n\nrows = pd.read_csv('titanic.csv')\n"
READS = {"src/read.py": "import glob\n\nPATHS = glob.glob('data/raw/notebooks/*.ipynb')\n"}


def gathered(folder: str, number: int = 120, ending: str = "ipynb", text: str = FOREIGN) -> dict[str, str]:
    return {f"{folder}/f{index:04x}.{ending}": text for index in range(number)}


def kept(texts: dict[str, str], *documents: Document, globs: CategoryGlobs | None = None) -> set[str]:
    """The files that count as data."""
    files = [
        SourceFile(path=path, key=path, kind=kind_of(path), size=len(text), category=Category.PRODUCT)
        for path, text in texts.items()
    ]
    facts = {path: extract_facts(text) for path, text in texts.items()}
    found = code_as_data(files, facts, documents, globs or CategoryGlobs())
    return {file.path for file in found if file.category is Category.DATA}


def kind_of(path: str) -> SourceKind:
    return SourceKind.PYTHON if path.endswith(".py") else SourceKind.NOTEBOOK


def page(text: str, kind: DocumentKind = DocumentKind.README, path: str = "README.md") -> Document:
    return Document(path=path, kind=kind, text=text)


def test_many_notebooks_among_raw_data_are_data() -> None:
    books = gathered("data/raw/notebooks")
    assert kept(books | {"src/data/load.py": FOREIGN, "data/clean.py": FOREIGN}) == set(books)


def test_programs_that_were_gathered_are_data_too() -> None:
    programs = gathered("corpus/github", ending="py") | gathered("data/raw_kernels", ending="py")
    assert kept(programs) == set(programs)


def test_raw_data_beside_other_data_is_told_from_it() -> None:
    books = gathered("Data/raw/kaggle") | gathered("Data/processed")
    own = gathered("Data/eda", 30)
    assert kept(books | own) == set(books)


def test_fewer_are_data_where_the_code_or_the_settings_read_their_folder() -> None:
    books = gathered("data/raw/notebooks", 60)
    settings = page("folder: data/raw/notebooks\n", DocumentKind.CONFIG, "conf.yaml")
    assert kept(books) == set()
    assert kept(books | READS) == set(books)
    assert kept(books, settings) == set(books)
    assert kept(books, page("file: data/raw/notebooks/all.csv\n", DocumentKind.CONFIG, "conf.yaml")) == set()


def test_a_package_of_loaders_is_the_teams_own() -> None:
    loaders = gathered("src/data", ending="py") | {"train.py": "from src.data import load\n"}
    assert kept(loaders) == set()
    assert kept(gathered("datasets/loaders", ending="py")) == set()


def test_code_that_has_to_do_with_the_rest_is_the_teams_own() -> None:
    ours = gathered("data/raw/notebooks", text="from shop.clean import clean\n")
    assert kept(ours | {"src/shop/clean.py": "def clean(): ...\n"}) == set()
    programs = gathered("data/raw/steps", ending="py")
    imports = "\n".join(f"from data.raw.steps import {path.rpartition('/')[2][:-3]}" for path in programs)
    assert kept(programs | {"run.py": imports}) == set()


def test_what_the_documents_name_is_the_teams_own() -> None:
    books = gathered("data/raw/notebooks")
    assert kept(books, page("\n".join(f"- [{path}]({path})" for path in books))) == set()


def test_what_the_configuration_calls_product_is_product() -> None:
    assert kept(gathered("data/raw"), globs=CategoryGlobs(product=("data/raw/",))) == set()


def test_the_prose_of_what_is_data_documents_nothing() -> None:
    one = SourceFile(path="a.ipynb", key="a", kind=SourceKind.NOTEBOOK, size=1, category=Category.DATA)
    prose = page("# A model", DocumentKind.NOTEBOOK_PROSE, "a.ipynb")
    assert without_data([prose, page("# Ours")], [one]) == [page("# Ours")]
