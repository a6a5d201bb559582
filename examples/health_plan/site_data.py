"""What the site shows. The doctors, the claims and the plans are invented."""

from typing import TypedDict

# The tags in the pages' source, for the panel that says what became of them.
TAGS = [
    ("Google Tag Manager", "advertising", "googletagmanager.com/gtm.js"),
    ("Google Ads", "advertising", "googletagmanager.com/gtag/js"),
    ("Meta Pixel", "advertising", "connect.facebook.net"),
    ("LinkedIn Insight", "advertising", "snap.licdn.com"),
    ("Microsoft Advertising", "advertising", "bat.bing.com"),
    ("TikTok Pixel", "advertising", "analytics.tiktok.com"),
    ("Hotjar", "analytics", "static.hotjar.com"),
]


class Plan(TypedDict):
    name: str
    price: int
    deductible: str
    line: str


PLANS: list[Plan] = [
    {
        "name": "Seedling",
        "price": 189,
        "deductible": "$6,500",
        "line": "Low premium, and checkups that cost nothing.",
    },
    {
        "name": "Grove",
        "price": 274,
        "deductible": "$2,800",
        "line": "Our most chosen plan, for families and for regular care.",
    },
    {
        "name": "Canopy",
        "price": 398,
        "deductible": "$500",
        "line": "Nearly everything covered from the first day.",
    },
]

DOCTORS = [
    {"name": "Amara Osei, MD", "field": "Family medicine", "place": "Elm Street Clinic"},
    {"name": "Daniel Reyes, MD", "field": "Pediatrics", "place": "Riverside Children's Center"},
    {"name": "Mei-Ling Chan, DO", "field": "Internal medicine", "place": "Harbor Health"},
    {"name": "Priya Raman, MD", "field": "Cardiology", "place": "Juniper Heart Institute"},
    {"name": "Tomás Ibarra, PsyD", "field": "Mental health", "place": "Quiet Room Counseling"},
    {"name": "Ruth Feldman, NP", "field": "Women's health", "place": "Elm Street Clinic"},
]

CLAIMS = [
    ("2026-10-14", "Office visit", "Elm Street Clinic", "$24.00"),
    ("2026-09-02", "Laboratory", "Harbor Health", "$0.00"),
    ("2026-07-21", "Prescription", "Corner Pharmacy", "$12.50"),
]
