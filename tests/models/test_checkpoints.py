"""Checkpoints by name: pulled once, found again without a network, one or two of them behind the
whole service."""

import json
import shutil
import socket
import stat
from pathlib import Path
from typing import Any

import httpx
import huggingface_hub
import pytest
from click.testing import CliRunner

from models import checkpoint_finder as checkpoints
from models.checkpoint_finder import Recipe, is_here, locate, pull, revision_of
from models.checkpoints.catalog import BUILTIN, CatalogEntry, catalog, find
from models.engine import Engine, GenerateRequest, ModelError, NotSupported, RequestList, Task
from models.loading import load_checkpoint, load_engine
from models.pair import PairEngine
from service.cli.main import main
from service.summarizer import Summarizer, SummaryRequest
from tests.checkpoints import BUILDERS, FRENCH
from tests.engines import ScriptedEngine, running, until

pytestmark = pytest.mark.usefixtures("single_precision", "own_cache")
ARTICLE = " ".join(FRENCH)
OLD, NEW = "a" * 40, "b" * 40
HUB_ID = "someone/summariser"
ENCODERS = [name for name in BUILDERS if name != "prefix-lm"]
TRANSLATORS = ("m2m100", "nllb", "marian")


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for each family."""
    root = tmp_path_factory.mktemp("snapshots")
    for name, build in BUILDERS.items():
        (root / name).mkdir()
        build(root / name)
    return root


@pytest.fixture
def hub(snapshots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache with two revisions of a checkpoint, of which `main` is the new one; and no
    network."""
    cache = tmp_path / "hub"
    for repository, name in ((HUB_ID, "barthez"), ("someone/translator", "marian")):
        folder = cache / f"models--{repository.replace('/', '--')}"
        for revision in (OLD, NEW):
            shutil.copytree(snapshots / name, folder / "snapshots" / revision)
        (folder / "refs").mkdir()
        (folder / "refs" / "main").write_text(NEW)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setenv("BREVE_CACHE", str(tmp_path / "cache"))

    def refuse(*_: Any) -> None:
        raise AssertionError("somebody wants to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return cache


def downloaded(monkeypatch: pytest.MonkeyPatch, folder: Path) -> dict[str, Any]:
    """Lets the next download end in `folder`; what it was asked for is in the answer."""
    asked: dict[str, Any] = {}

    def download(name: str, **options: Any) -> str:
        asked.update(options, name=name)
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    return asked


@pytest.mark.usefixtures("hub")
def test_hub_id_without_a_network() -> None:
    described = load_engine(HUB_ID, 1).describe()
    assert (described.id, described.revision, described.family) == (HUB_ID, NEW, "mbart")
    assert described.tasks == (Task.SUMMARY,)
    assert described.licence == "see the model page"
    assert load_engine(f"{HUB_ID}@{OLD}", 1).describe().revision == OLD


def test_what_was_pulled_stays(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program may pull a newer revision into the hub's cache: ours is the one that `breve
    models pull` took."""
    folder = hub / f"models--{HUB_ID.replace('/', '--')}" / "snapshots"
    with monkeypatch.context() as patch:
        asked = downloaded(patch, folder / OLD)
        assert pull(HUB_ID).revision == OLD
    assert asked["name"] == HUB_ID
    assert asked["revision"] is None
    assert "*.safetensors" in asked["allow_patterns"]
    assert not [pattern for pattern in asked["allow_patterns"] if pattern.endswith((".bin", ".py"))]
    assert revision_of(HUB_ID) == OLD
    assert load_engine(HUB_ID, 1).describe().revision == OLD
    with monkeypatch.context() as patch:
        downloaded(patch, folder / NEW)
        pull(HUB_ID)
    assert revision_of(HUB_ID) == NEW


def test_pull_of_a_pinned_revision(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = downloaded(
        monkeypatch, hub / f"models--{HUB_ID.replace('/', '--')}" / "snapshots" / OLD
    )
    pull(f"{HUB_ID}@{OLD}", allow_pickle=True)
    assert asked["revision"] == OLD
    assert "pytorch_model*.bin" in asked["allow_patterns"]


def test_branch_is_pinned_to_the_commit_that_was_pulled(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hub / f"models--{HUB_ID.replace('/', '--')}"
    with monkeypatch.context() as patch:
        downloaded(patch, folder / "snapshots" / OLD)
        pull(f"{HUB_ID}@refs/pr/1")
    assert revision_of(f"{HUB_ID}@refs/pr/1") == OLD
    assert revision_of(HUB_ID) == NEW


def test_pull_without_a_way_to_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> str:
        raise httpx.ConnectError("Connection refused")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refused)
    result = breve("models", "pull", HUB_ID)
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        result.stderr
        == f"breve: The checkpoint {HUB_ID} could not be downloaded: Connection refused\n"
    )


def test_what_one_user_pulls_another_can_load(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    downloaded(monkeypatch, hub / f"models--{HUB_ID.replace('/', '--')}" / "snapshots" / OLD)
    pull(HUB_ID)
    (record,) = (hub.parent / "cache" / "pulled").iterdir()
    assert stat.S_IMODE(record.stat().st_mode) == 0o644


def test_pull_of_pickled_weights_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text("{}")
    downloaded(monkeypatch, tmp_path)
    with pytest.raises(ModelError, match=r"no weights that may be used .*--allow-pickle"):
        pull(HUB_ID)


@pytest.mark.usefixtures("hub")
def test_checkpoint_that_was_not_pulled() -> None:
    for name, pulled in (
        ("barthez", "barthez"),
        ("nobody/nothing", "nobody/nothing"),
        (f"{HUB_ID}@{'c' * 40}", HUB_ID),
    ):
        with pytest.raises(ModelError, match=f"not on this machine.*breve models pull {pulled}"):
            load_engine(name)
        assert revision_of(name) is None
    with pytest.raises(ModelError, match="There is no folder"):
        load_engine("./nothing")


def test_names() -> None:
    assert find("owner/name").id == "owner/name"
    assert find(f"owner/name@{OLD}").revision == OLD
    for wrong in ("nothing", "a/b/c", "/", "owner/", "owner/name/", "../name"):
        with pytest.raises(ModelError, match="No model is called"):
            find(wrong)


def test_own_catalogue(tmp_path: Path, snapshots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        f'[ours]\nid = "{HUB_ID}"\ntasks = ["summary"]\nprefix = "Bref : "\nrevision = "{OLD}"\n'
    )
    monkeypatch.setenv("BREVE_CATALOG", str(path))
    assert find("ours") is find(HUB_ID)
    assert (find("ours").revision, find("ours").prefix) == (OLD, "Bref : ")
    assert next(iter(catalog())) == BUILTIN
    for content, words in (
        ("[x]\nfoo = 1\n", "unknown field 'foo'"),
        ("[x]\ntasks = ['a']\n", "x: wrong fields: tasks: .*'summary'.* not 'a'"),
        ("[x]\ntasks = 5\n", "x: wrong fields: tasks: .*list, not 5"),
        ("[x]\ntasks = 'summary'\n", "x: wrong fields: tasks: .*list, not 'summary'"),
        ("[x]\nlanguages = 'fr'\n", "x: wrong fields: languages: .*list"),
        ("[x]\nwindow = 'long'\n", "x: wrong fields: window: .*integer"),
        ("[x]\nwindow = -64\n", "x: wrong fields: window: .*greater"),
        ("[x]\nprefix = 5\n", "x: wrong fields: prefix: "),
        ("[x]\ncodes = { fr = 'fr_XX' }\n", "x: codes .* en"),
        ("[opus-mt]\nid = 'our-team/opus-tech'\n", "opus-mt is the name of a built-in model"),
        ("[", "no readable"),
    ):
        path = tmp_path / f"{words}.toml".replace(" ", "-")
        path.write_text(content)
        monkeypatch.setenv("BREVE_CATALOG", str(path))
        with pytest.raises(ModelError, match=words):
            catalog()
        for command in (("models", "list"), ("info",)):
            refused = breve(*command)
            assert refused.exit_code == 1
            assert refused.stderr.count("\n") == 1


def test_own_catalogue_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.toml").write_text(f'[ours]\nid = "{HUB_ID}"\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("BREVE_CATALOG", "~/own.toml")
    assert find("ours").id == HUB_ID


def test_catalogue_that_names_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.toml").write_text('[ours]\nid = "/srv/models/ours"\n')
    monkeypatch.setenv("BREVE_CATALOG", str(tmp_path / "own.toml"))
    with pytest.raises(ModelError, match=r"no id of the hub .*name its folder"):
        locate("ours")
    assert breve("models", "list").exit_code == 0


def test_checkpoint_used_for_what_it_does_not_do(snapshots: Path) -> None:
    with pytest.raises(ModelError, match="not used for the task summary"):
        load_engine(str(snapshots / "marian"))
    with pytest.raises(ModelError, match="not used for the task translation"):
        load_checkpoint(str(snapshots / "pegasus"), 1, Task.TRANSLATION)


def test_declared_tasks_and_languages_are_kept(snapshots: Path, tmp_path: Path) -> None:
    path = tmp_path / "mt5"
    shutil.copytree(snapshots / "mt5", path)
    for table, words in (
        ({"tasks": ["translation"]}, "does not summarise, .*BREVE_TRANSLATOR"),
        ({"tasks": ["summary"], "languages": ["en"]}, "does not know the language 'fr'"),
    ):
        (path / "breve.json").write_text(json.dumps(table))
        with pytest.raises(ModelError, match=words):
            load_engine(str(path))


def test_pair_sends_each_task_to_its_engine() -> None:
    first, second = ScriptedEngine(), ScriptedEngine()
    summary = Summarizer(PairEngine(first, second)).summarize(
        SummaryRequest(text=ARTICLE, language="en")
    )
    assert {call.task for call in first.calls} == {Task.SUMMARY}
    assert {call.task for call in second.calls} == {Task.TRANSLATION}
    assert (summary.model_id, summary.model_revision) == ("scripted + scripted", "r1 + r1")


@pytest.mark.parametrize("task", [Task.SUMMARY, Task.TRANSLATION])
def test_pair_serves_what_is_for_one_of_them(task: Task) -> None:
    engines = ScriptedEngine(), ScriptedEngine()
    pair = PairEngine(*engines)
    source = RequestList([GenerateRequest(task, text, 10) for text in ("Le site.", "Une région.")])
    pair.serve(source)
    assert [len(engine.calls) for engine in engines] == ([2, 0] if task is Task.SUMMARY else [0, 2])
    assert len(source.results) == 2
    pair.serve(RequestList([]))
    assert sum(len(engine.calls) for engine in engines) == 2


@pytest.mark.parametrize("name", ENCODERS)
def test_service_on_each_family(name: str, snapshots: Path) -> None:
    """The whole service: French alone, or English by a pair."""
    model, translator = ("barthez", name) if name in TRANSLATORS else (name, "")

    def load() -> Engine:
        return load_engine(
            str(snapshots / model), 1, str(snapshots / translator) if translator else ""
        )

    with running(load=load) as service:
        until(lambda: service.state() != "loading", 60)
        assert service.state() == "ready"
        language = "en" if translator else "fr"
        answer = service.client.post("/summarize", json={"text": ARTICLE, "language": language})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["coverage"]["tokens"] >= body["coverage"]["used_tokens"] > 0
        assert not body["coverage"]["truncated"]
        assert body["model"]["revision"] == ("local + local" if translator else "local")
        assert body["language"] == language
        refused = service.client.post("/summarize", json={"text": ARTICLE, "language": "en"})
        assert refused.status_code == (200 if translator else 422)
        if not translator:
            assert refused.json()["code"] == "not_supported"
            assert "BREVE_TRANSLATOR" in refused.json()["detail"]
        assert service.client.get("/info").json()["revision"] == body["model"]["revision"]


def test_the_opening_fits_the_window(snapshots: Path) -> None:
    engine = load_engine(str(snapshots / "barthez"), 1)
    window = engine.describe().window
    assert engine.count_tokens(ARTICLE) > 2 * window
    coverage = Summarizer(engine).summarize(SummaryRequest(text=ARTICLE)).coverage
    assert 0 < coverage.used_tokens <= window
    assert not coverage.truncated


def test_sentence_longer_than_the_window(snapshots: Path) -> None:
    """Nothing is cut silently: such a sentence is read up to the window, and the answer says so."""
    endless = (
        "Le fournisseur vend "
        + ", ".join(f"le serveur {k} du centre de Lille" for k in range(40))
        + "."
    )
    request = SummaryRequest(text=f"{endless} {' '.join(FRENCH)}")
    summary = Summarizer(load_engine(str(snapshots / "barthez"), 1)).summarize(request)
    assert summary.coverage.truncated
    assert summary.coverage.used_tokens < summary.coverage.tokens
    assert "truncated" in {warning.code for warning in summary.warnings}


def breve(*arguments: str, **environment: str) -> Any:
    return CliRunner(env=environment).invoke(main, arguments, input=ARTICLE)


def test_command_line_with_a_pair(snapshots: Path) -> None:
    french, english = str(snapshots / "barthez"), str(snapshots / "marian")
    refused = breve("summarize", "--lang", "en", "--model", french, "-", BREVE_TRANSLATOR="")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "BREVE_TRANSLATOR" in refused.stderr
    both = breve(
        "summarize", "--lang", "en", "--json", "--model", french, "--translator", english, "-"
    )
    assert both.exit_code == 0
    assert json.loads(both.stdout)["model"] == {
        "id": "barthez + marian",
        "revision": "local + local",
    }
    alone = breve("summarize", "--model", english, "-")
    assert (alone.exit_code, alone.stdout) == (1, "")


def test_service_refuses_a_client_too(snapshots: Path) -> None:
    with running(load=lambda: load_engine(str(snapshots / "barthez"), 1)) as service:
        until(lambda: service.state() != "loading", 60)
        refused = breve("summarize", "--lang", "en", "--url", service.url, "-")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "BREVE_TRANSLATOR" in refused.stderr


def test_info_reports_both_revisions(hub: Path) -> None:
    shown = breve("info", BREVE_MODEL=HUB_ID, BREVE_TRANSLATOR="nllb-600m")
    assert f"{HUB_ID}: revision {NEW}" in shown.stdout
    assert "nllb-600m: not on this machine" in shown.stdout
    alone = breve("info", BREVE_MODEL="mbart-50").stdout
    assert "opus-mt" not in alone  # it translates itself
    assert f"opus-mt: revision {revision_of('opus-mt')}" in breve("info").stdout


def test_info_of_a_folder_that_translates_itself(snapshots: Path, tmp_path: Path) -> None:
    path = tmp_path / "both"
    shutil.copytree(snapshots / "mt5", path)
    assert "opus-mt" in breve("info", BREVE_MODEL=str(path)).stdout
    (path / "breve.json").write_text('{"tasks": ["summary", "translation"]}')
    assert "opus-mt" not in breve("info", BREVE_MODEL=str(path)).stdout


def test_list_marks_what_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREVE_CACHE", str(tmp_path))
    monkeypatch.setattr(
        checkpoints, "BUILT", {BUILTIN: Recipe(lambda: Path("built"), lambda: "r1", "built-")}
    )
    assert not is_here(BUILTIN)
    assert " * " not in breve("models", "list").stdout.splitlines()[0]
    (tmp_path / "built-r1").mkdir()
    assert is_here(f" {BUILTIN}")
    assert " * " in breve("models", "list").stdout.splitlines()[0]


def test_check_says_what_is_wrong(snapshots: Path) -> None:
    checked = breve("models", "check", str(snapshots / "marian"))
    assert checked.exit_code in (0, 1)  # random weights: whether they look English is chance
    assert checked.stdout.startswith("marian revision local: marian, ctranslate2 int8")
    assert "translation (" in checked.stdout
    check = breve("models", "check", "--task", "summary", str(snapshots / "barthez"))
    assert "summary (" in check.stdout
    assert "translation (" not in check.stdout
    missing = breve("models", "check", "owner/nothing")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "breve models pull owner/nothing" in missing.stderr


def test_not_supported_is_no_silent_french() -> None:
    engine = ScriptedEngine()
    described = engine.describe()
    engine.describe = lambda: type(described)(**{**described.__dict__, "tasks": (Task.SUMMARY,)})  # type: ignore[method-assign]
    with pytest.raises(NotSupported, match="English was asked for"):
        Summarizer(engine).summarize(SummaryRequest(text=ARTICLE, language="en"))
    assert not engine.calls
    headline = Summarizer(engine).summarize(SummaryRequest(text=ARTICLE, headline=True))
    assert headline.headline is None
    assert "headline" in {warning.code for warning in headline.warnings}


def test_an_empty_name_is_not_the_current_folder(
    snapshots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(snapshots / "barthez")
    assert locate(".").folder == Path()
    for name in ("", " "):
        assert revision_of(name) is None
        with pytest.raises(ModelError, match="No model is called"):
            locate(name)


def test_white_space_around_a_name_does_not_count(
    snapshots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find(BUILTIN) == pull_entry(f" {BUILTIN}\n", monkeypatch)
    monkeypatch.setenv("HOME", str(snapshots))
    assert locate(" ~/barthez\n").folder == snapshots / "barthez"
    assert revision_of(" ~/barthez") == revision_of("~/barthez")


def pull_entry(name: str, monkeypatch: pytest.MonkeyPatch) -> CatalogEntry:
    """The entry of a built-in checkpoint that is pulled, without building it."""
    monkeypatch.setattr(
        checkpoints, "BUILT", {BUILTIN: Recipe(lambda: Path("built"), lambda: "r1", "built-")}
    )
    return pull(name).entry


def test_a_home_folder_that_nobody_knows_is_no_folder() -> None:
    with pytest.raises(ModelError, match="Write the whole path"):
        locate("~nobody-of-this-name/models")


def test_an_empty_setting_names_the_default_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for setting in ("", " ", f" {BUILTIN} "):
        shown = CliRunner(env={"BREVE_MODEL": setting}).invoke(main, ["info"])
        assert f"model {BUILTIN}," in shown.stdout
