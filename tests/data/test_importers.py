import io
import json
import tarfile
import tomllib

import pytest

from consentmw.data import import_prebid, import_third_party_web


def archive(path, files):
    with tarfile.open(path, "w:gz") as content:
        for name, text in files.items():
            data = text.encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            content.addfile(member, io.BytesIO(data))
    return path


class Npm:
    """Stands for the client: writes the archive into the folder it is run in."""

    def __init__(self, files):
        self.files = files
        self.asked = []

    def run(self, command, *, cwd, **options):
        self.asked.append(command[-1])
        archive(f"{cwd}/package.tgz", self.files)
        self.stdout = json.dumps([{"version": "1.2.3", "filename": "package.tgz"}]).encode()
        return self


def test_entities_become_vendors_with_our_categories():
    entities = [
        {"name": "Zeta Ads", "category": "ad", "domains": ["*.ads.example", "192.0.2.1"]},
        {"name": "alpha", "category": "cdn", "domains": ["cdn.example", "*.ads.example"]},
        {"name": "LoginRadius", "category": "ad", "domains": ["*.loginradius.com"]},
        {"name": "Whole site", "category": "ad", "domains": ["facebook.com"]},
        {"name": "Odd", "category": "other", "domains": ["odd.example"]},
    ]
    assert import_third_party_web.convert(entities) == [
        {"name": "alpha", "category": "status", "hosts": ["cdn.example"]},
        {"name": "LoginRadius", "category": "authentication", "hosts": ["loginradius.com"]},
        {"name": "Zeta Ads", "category": "advertising", "hosts": ["ads.example"]},
    ]


def test_third_party_web_is_written_with_its_version(tmp_path, monkeypatch, capsys):
    entities = [{"name": "Zeta Ads", "category": "ad", "domains": ["*.ads.example"]}]
    npm = Npm({"package/dist/entities-nostats.json": json.dumps(entities)})
    monkeypatch.setattr(import_third_party_web, "subprocess", npm)
    monkeypatch.setattr(import_third_party_web, "TARGET", tmp_path / "imported" / "t.toml")
    monkeypatch.setattr("sys.argv", ["import", "1.2.3"])
    import_third_party_web.main()
    assert tomllib.loads((tmp_path / "imported" / "t.toml").read_text()) == {
        "source": "third-party-web 1.2.3",
        "vendors": [{"name": "Zeta Ads", "category": "advertising", "hosts": ["ads.example"]}],
    }
    assert npm.asked == ["third-party-web@1.2.3"]
    assert "no such entity any more: LoginRadius" in capsys.readouterr().err


def test_a_package_without_its_data_says_so(monkeypatch):
    monkeypatch.setattr(import_third_party_web, "subprocess", Npm({"package/dist/": ""}))
    with pytest.raises(SystemExit, match=r"has no package/dist/entities-nostats\.json"):
        import_third_party_web.read_package("latest")


MODULE = """
/* https://commented.example/ */
// https://commented-too.example/
const ENDPOINT = 'https://bid.ads.example/auction';
const SYNC = `https://${region}.sync.example/match`;
const OLD = '//' + region + '.old.co.uk/x';
const DOCS = 'https://www.google.com/docs';
"""


def test_hosts_are_read_from_the_modules_of_each_vendor(tmp_path):
    disclosure = {"disclosures": {"https://store.example/d.json": {}, "local://x": {}}}
    path = archive(
        tmp_path / "p.tgz",
        {
            "package/modules/zetaBidAdapter.js": MODULE,
            "package/libraries/zetaUtils/zetaUtils.js": "'https://lib.example/x'",
            "package/metadata/modules/zetaBidAdapter.json": json.dumps(disclosure),
            "package/src/core.js": "'https://core.example/'",
        },
    )
    assert import_prebid.read_hosts(path) == {
        "ads.example": {"zetaBidAdapter"},
        "sync.example": {"zetaBidAdapter"},
        "old.co.uk": {"zetaBidAdapter"},
        "google.com": {"zetaBidAdapter"},
        "lib.example": {"zetaUtils"},
        "store.example": {"zetaBidAdapter"},
    }


def test_prebid_is_written_without_what_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(
        import_prebid, "subprocess", Npm({"package/modules/zetaBidAdapter.js": MODULE})
    )
    monkeypatch.setattr(import_prebid, "TARGET", tmp_path / "p.toml")
    monkeypatch.setattr(import_prebid, "VERSIONS", ("latest", "9"))
    import_prebid.main()
    assert tomllib.loads((tmp_path / "p.toml").read_text()) == {
        "source": "prebid.js 1.2.3",
        "vendors": [
            {
                "name": "zeta",
                "category": "advertising",
                "hosts": ["ads.example", "old.co.uk", "sync.example"],
            }
        ],
    }
