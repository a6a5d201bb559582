import io
import json
import tarfile
import tomllib

import pytest

from consentmw.data import import_prebid, import_tarteaucitron, import_third_party_web


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


COOKIES_IN_CODE = """
const STORED_ID = '_zeta_id';
const elsewhere = '_not_a_cookie';
storage.getCookie(STORED_ID);
storage.setCookie('_zeta_seen', 1);
storage.setCookie("usp_zeta", 1);
storage.getCookie('uid');
storage.getCookie(unknown);
getDataFromLocalStorage('_zeta_local');
"""


def disclosed(identifier, purposes, **more):
    return {"identifier": identifier, "type": "cookie", "purposes": purposes, **more}


def test_cookies_are_read_from_what_modules_name_and_vendors_disclose(tmp_path):
    disclosures = [
        disclosed("_zeta_ads", [1, 3]),
        disclosed("_zeta_seen", [1, 8]),
        disclosed("_zeta_cap_${slot}", [1]),
        disclosed("_zeta_secure", [], specialPurposes=[1]),
        disclosed("_zeta_off", [], optOut=True),
        disclosed("<id>_zeta", [1]),
        disclosed("uid", [1]),
        {"identifier": "_zeta_web", "type": "web", "purposes": [1]},
    ]
    page = "https://zeta.example/device.json"
    path = archive(
        tmp_path / "p.tgz",
        {
            "package/modules/zetaBidAdapter.js": COOKIES_IN_CODE,
            "package/metadata/modules/zetaBidAdapter.json": json.dumps(
                {"disclosures": {page: {"disclosures": disclosures}, "local://none": {}}}
            ),
        },
    )
    code, disclosure = "zetaBidAdapter, in ", f"{page}, in "
    assert import_prebid.read_cookies(path) == {
        "_zeta_id": ("zeta", "advertising", code),
        "usp_zeta": ("zeta", "consent", code),
        "_zeta_ads": ("zeta", "advertising", disclosure),
        "_zeta_seen": ("zeta", "analytics", disclosure),
        "_zeta_cap_*": ("zeta", "advertising", disclosure),
        "_zeta_secure": ("zeta", "status", disclosure),
        "_zeta_off": ("zeta", "consent", disclosure),
    }


def test_a_cookie_is_what_the_newest_release_that_knows_it_says(tmp_path, monkeypatch):
    class Releases(Npm):
        def run(self, command, *, cwd, **options):
            release = command[-1].removeprefix("prebid.js@")
            archive(f"{cwd}/{release}.tgz", self.files[release])
            self.stdout = json.dumps([{"version": release, "filename": f"{release}.tgz"}]).encode()
            return self

    page = "https://zeta.example/device.json"
    metadata = "package/metadata/modules/zetaBidAdapter.json"
    told = {"disclosures": {page: {"disclosures": [disclosed("_zeta_seen", [1, 8])]}}}
    left = "storage.getCookie('_zeta_left'); storage.getCookie('_zeta_seen');"
    releases = {
        "2.0.0": {metadata: json.dumps(told)},
        "1.9.0": {"package/modules/zetaBidAdapter.js": left},
    }
    monkeypatch.setattr(import_prebid, "subprocess", Releases(releases))
    monkeypatch.setattr(import_prebid, "TARGET", tmp_path / "p.toml")
    monkeypatch.setattr(import_prebid, "VERSIONS", tuple(releases))
    import_prebid.main()
    written = tomllib.loads((tmp_path / "p.toml").read_text())
    assert [vendor for vendor in written["vendors"] if "cookies" in vendor] == [
        {
            "name": "zeta",
            "category": "advertising",
            "source": "zetaBidAdapter, in prebid.js 1.9.0",
            "cookies": ["_zeta_left"],
        },
        {
            "name": "zeta",
            "category": "analytics",
            "source": f"{page}, in prebid.js 2.0.0",
            "cookies": ["_zeta_seen"],
        },
    ]


SERVICES = """
// zeta
tarteaucitron.services.zeta = {
    "key": "zeta",
    "type": "ads",
    "name": "Zeta",
    "uri": "https://zeta.example/privacy",
    "cookies": ['_zeta', 'zeta_id_', 'fr'],
    "js": function () {
        // tarteaucitron.addScript('https://commented.example/x.js');
        tarteaucitron.addScript('https://cdn.zeta.example/x.js');
        img.src = '//www.google.com/x';
        var link = 'https://mentioned.example/';
    }
};
tarteaucitron.services.alpha = {
    "type": "analytic",
    "name": "Alpha",
    "uri": "",
    "cookies": ["_zeta"],
    "js": function () {
        tarteaucitron.addScript(x + 'a.js');
        s.src = "//cdn.alpha.example/a.js";
    }
};
tarteaucitron.services.video = {
    "type": "video",
    "name": "Video",
    "cookies": ["video"],
};
"""


def test_a_consent_managers_services_become_vendors_of_their_types():
    assert import_tarteaucitron.convert(SERVICES, "t 1") == [
        {"name": "Alpha", "category": "analytics", "hosts": ["alpha.example"]},
        {
            "name": "Zeta",
            "category": "advertising",
            "source": "https://zeta.example/privacy, in t 1",
            "hosts": ["zeta.example"],
            "cookies": ["_zeta", "zeta_id_*"],
        },
    ]


def test_tarteaucitron_is_written_with_its_version(tmp_path, monkeypatch):
    npm = Npm({import_tarteaucitron.SERVICES: SERVICES})
    monkeypatch.setattr(import_tarteaucitron, "subprocess", npm)
    monkeypatch.setattr(import_tarteaucitron, "TARGET", tmp_path / "t.toml")
    monkeypatch.setattr("sys.argv", ["import"])
    import_tarteaucitron.main()
    written = tomllib.loads((tmp_path / "t.toml").read_text())
    assert written["source"] == "tarteaucitronjs 1.2.3"
    assert [vendor["name"] for vendor in written["vendors"]] == ["Alpha", "Zeta"]
    assert npm.asked == ["tarteaucitronjs@latest"]
