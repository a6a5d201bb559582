from consentmw.inspection.comparison import Comparison, compare_pages
from consentmw.inspection.findings import Found
from consentmw.inspection.pages import FetchedPage


def page(body, kind="text/html"):
    return FetchedPage(
        url="https://testserver/",
        status=200,
        headers=(("content-type", kind),),
        body=body.encode(),
    )


def compared(plain, treated, *, again=None):
    pages = [page(one) for one in (plain, again) if one is not None]
    return compare_pages(pages, [page(treated)], [])


def test_order_and_white_space_do_not_count():
    plain = "<p>One\n two</p><p class=x>Three</p>"

    assert compared(plain, "<p class=x>Three</p> <p>One two</p>") == Comparison(
        lost=(), unstable=(), removed=False, added=False
    )


def test_an_element_text_and_script_that_are_gone_are_lost():
    plain = "<div id=a>Text</div><script>run()</script>"

    assert compared(plain, "").lost == (
        "<div id=a>",
        "text 'Text'",
        "<script>",
        "text 'run()' in <script>",
    )


def test_a_text_is_the_same_where_a_pixel_no_longer_cuts_it_in_two():
    pixel = "<img src=//ads.example/p.gif>"
    plain = page(f"<p>Hello {pixel} world</p>")
    declined = Found(kind="image", name="img", offset=9)

    comparison = compare_pages([plain], [page("<p>Hello  world</p>")], [declined])

    assert comparison.lost == ()
    assert comparison.differs


def test_what_stands_in_an_element_that_the_site_has_tagged_as_declined_may_go_with_it():
    plain = "<div data-kind='advertising video'><p>From a partner</p></div><p>Our own</p>"
    treated = "<div data-kind='advertising video'></div><p>Our own</p>"

    def lost(*categories, attributes=("data-kind",)):
        return compare_pages(
            [page(plain)],
            [page(treated)],
            [],
            categories=frozenset(categories),
            tag_attributes=attributes,
        ).lost

    assert lost("advertising") == ()
    assert lost("analytics") == ("<p>", "text 'From a partner'")
    assert lost("advertising", attributes=("data-consent",)) == ("<p>", "text 'From a partner'")


def test_a_text_that_is_lost_as_a_whole_is_named_as_a_whole():
    plain = "<p>Find a plan of ours</p><p>A word from a partner of ours</p>"

    assert compared(plain, "<p>Find a plan of ours</p>").lost == (
        "<p>",
        "text 'A word from a partner of ours'",
    )


def test_what_is_lost_of_a_text_is_named_as_one():
    assert compared("<p>We are open on <b>all</b> days</p>", "<p>We are</p>").lost == (
        "text 'open on'",
        "<b>",
        "text 'all days'",
    )


def test_a_script_is_the_same_under_another_nonce():
    plain = "<script nonce='a1' src=/shop.js></script>"

    assert compared(plain, plain.replace("a1", "b2"), again=plain.replace("a1", "c3")).lost == ()
    assert compared(plain, "", again=plain.replace("a1", "c3")).lost == ("<script src=/shop.js>",)


def test_what_is_only_in_one_of_the_two_makes_them_differ():
    same, less, more = "<p>a</p>", "<p></p>", "<p>a b</p>"

    assert not compared(same, same).differs
    assert compared(same, less).removed
    assert compared(same, more).added
    assert not compared(same, more).removed


def test_what_is_unstable_makes_no_difference_after_a_second_look():
    plain, treated = [page("1 x"), page("2 x")], [page("3 x"), page("4 x")]

    assert compare_pages(plain, treated[:1], []).is_doubtful
    assert not compare_pages(plain, treated, []).differs


def test_what_is_meant_to_vary_and_what_is_inserted_makes_a_difference_all_the_same():
    said = "<p data-varies>Not opted out</p>"
    inserted = "<script src=/privacy-choices/guard.0123456789ab.js></script>"

    assert compared(said, said.replace("Not", "Now")).differs
    assert compared("<p>a</p>", f"{inserted}<p>a</p>").added
    assert compared(f"{inserted}<p>a</p>", "<p>a</p>").lost == ()


def test_one_of_several_alike_is_lost_once():
    assert compared("<p>a</p><p>a</p><p>a</p>", "<p>a</p>").lost == (
        "<p> (2 times)",
        "text 'a' (2 times)",
    )


def test_a_changed_attribute_is_a_lost_tag():
    assert compared('<a href="/a">x</a>', '<a href="/b">x</a>').lost == ('<a href="/a">',)


def test_what_only_some_plain_visits_have_is_unstable_and_not_lost():
    comparison = compared("<p>1</p><b>x</b>", "<b>x</b>", again="<p>2</p><b>x</b>")

    assert comparison.unstable == ("text '1'", "text '2'")
    assert comparison.lost == ("<p>",)


def test_a_wrapper_that_shows_nothing_may_go():
    assert compared("<noscript></noscript>", "").lost == ()


def test_what_varies_by_what_was_chosen_is_left_out_and_what_follows_is_not():
    plain = "<div data-varies><div>No opt-out</div><img></div><p>after</p>"

    assert compared(plain, "<div data-varies>Honored</div>").lost == ("<p>", "text 'after'")
    assert compared("<img data-varies src=a><p>x</p>", "").lost == ("<p>", "text 'x'")


def test_a_long_text_is_named_by_its_beginning():
    (lost,) = compared("x" * 500, "").lost

    assert lost == f"text '{'x' * 100}…'"


def test_anything_that_is_no_page_is_compared_whole():
    one, other = page("{}", "application/json"), page("[]", "application/json")

    assert compare_pages([one], [one], []).lost == ()
    assert len(compare_pages([one], [other], []).lost) == 1
