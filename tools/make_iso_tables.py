#!/usr/bin/env python3
"""Writes src/features/addresses/iso_3166.cpp from Debian's package iso-codes (LGPL-2.1+), whose facts it holds.

Run it by hand when the package brings a newer edition; the outcome is checked in, so that a build needs no data.
"""
import json
import textwrap
from collections import defaultdict
from pathlib import Path

DATA = Path("/usr/share/iso-codes/json")
TARGET = Path(__file__).resolve().parent.parent / "src/features/addresses/iso_3166.cpp"

# Codes for Indian states that are in wide use beside ISO's: Odisha (ISO: OR) and Bihar (ISO: BR).
MORE = {"IN": ["OD", "BH"]}

HEAD = """\
// Made by tools/make_iso_tables.py from the package iso-codes; do not edit.
#include "features/addresses/iso_3166.hpp"

#include <algorithm>
#include <array>

namespace usher::addresses {
namespace {

struct Country {
  std::string_view code;
  std::string_view subdivisions;  ///< each with a space before and after it; empty: there are none
};

// clang-format off
constexpr std::array countries{
"""
TAIL = """\
};
// clang-format on

const Country* find(std::string_view code)
{
  const auto* const place = std::ranges::lower_bound(countries, code, {}, &Country::code);
  return place != countries.end() && place->code == code ? place : nullptr;
}

}  // namespace

bool is_country(std::string_view code)
{
  return find(code) != nullptr;
}

bool has_subdivisions(std::string_view country)
{
  const Country* const found = find(country);
  return found != nullptr && !found->subdivisions.empty();
}

bool is_subdivision(const Subdivision& wanted)
{
  constexpr std::size_t code_length_max = 3;  // ISO 3166-2
  const Country* const found = find(wanted.country);
  const std::string_view code = wanted.code;
  const bool possible =
      !code.empty() && code.size() <= code_length_max && code.find(' ') == std::string_view::npos;
  if (found == nullptr || !possible) {
    return false;
  }
  const std::string spaced = ' ' + std::string{code} + ' ';
  return found->subdivisions.find(spaced) != std::string_view::npos;
}

}  // namespace usher::addresses
"""


def main() -> None:
    countries = {c["alpha_2"] for c in json.loads((DATA / "iso_3166-1.json").read_text())["3166-1"]}
    subdivisions = defaultdict(set)
    for entry in json.loads((DATA / "iso_3166-2.json").read_text())["3166-2"]:
        country, code = entry["code"].split("-", 1)
        subdivisions[country].add(code)
    for country, codes in MORE.items():
        subdivisions[country].update(codes)
    lines: list[str] = []
    for country in sorted(countries):
        parts = textwrap.wrap(" ".join(sorted(subdivisions[country])), 86)
        first = f' {parts[0]} ' if parts else ""
        entry = [f'Country{{"{country}", "{first}"', *(f'    "{part} "' for part in parts[1:])]
        entry[-1] += "},"
        if lines and len(entry) == 1 and len(lines[-1]) + 1 + len(entry[0]) <= 106:
            lines[-1] += " " + entry[0]
        else:
            lines += [f"    {line}" for line in entry]
    TARGET.write_text(HEAD + "\n".join(lines) + "\n" + TAIL)


if __name__ == "__main__":
    main()
