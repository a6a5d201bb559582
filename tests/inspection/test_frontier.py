from consentmw.inspection.frontier import Frontier

SITE = "https://testserver"


def taken(frontier):
    return [url.removeprefix(SITE) for url in iter(frontier.take, None)]


def paths(*paths):
    return [SITE + path for path in paths]


def test_the_preference_centre_is_left_out_and_nothing_that_is_only_called_like_it():
    frontier = Frontier(SITE, limit=10, leave_out="/choices")
    frontier.add(
        paths("/choices", "/choices/", "/choices/api", "/choices?next=%2F", "/choices-of-the-week")
    )

    assert taken(frontier) == ["/choices-of-the-week"]


def test_what_an_earlier_run_has_visited_is_passed_over():
    frontier = Frontier(SITE, limit=10)
    frontier.pass_over(paths("/a"))
    frontier.add(paths("/a", "/b"))

    assert taken(frontier) == ["/b"]


def test_a_url_is_known_by_one_spelling():
    frontier = Frontier("https://example.com", limit=10)
    frontier.add(["https://example.com", "https://EXAMPLE.com:443/", "https://example.com/#top"])
    frontier.add(["https://example.com/a/../b c", "https://example.com/b%20c", "/relative"])

    assert [frontier.take(), frontier.take(), frontier.take()] == [
        "https://example.com/",
        "https://example.com/b%20c",
        None,
    ]


def test_pages_of_different_kinds_come_first():
    frontier = Frontier(SITE, limit=6)
    frontier.add(paths("/", "/calendar/2026/01", "/search?q=a&page=1"))
    frontier.add(paths(*(f"/calendar/2026/{month:02}" for month in range(2, 13))))
    frontier.add(paths(*(f"/search?page={page}&q=b" for page in range(50)), "/about/us"))

    assert taken(frontier) == [
        "/",
        "/calendar/2026/01",
        "/search?q=a&page=1",
        "/about/us",
        "/calendar/2026/02",
        "/search?page=0&q=b",
    ]
    assert frontier.is_cut_short


def test_what_the_site_forbids_takes_no_place_of_what_it_allows():
    frontier = Frontier(SITE, limit=1, may_fetch=lambda url: "secret" not in url)
    frontier.add(paths("/secret", "/open"))

    assert taken(frontier) == ["/open"]
    assert not frontier.is_cut_short
    assert frontier.expected == 1


def test_a_site_without_an_end_does_not_fill_the_memory():
    frontier = Frontier(SITE, limit=10)
    frontier.add(f"{SITE}/{number}" for number in range(30_000))

    assert len(frontier._known) == 20_000
