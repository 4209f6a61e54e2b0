#include "http/docs_page.hpp"

#include "http/problem.hpp"
#include "json/json.hpp"

#include <vector>

namespace usher::http {
namespace {

/// Appends HTML; text is escaped, markup is ours.
class Page {
 public:
  Page& markup(std::string_view html)
  {
    html_ += html;
    return *this;
  }

  Page& text(std::string_view plain)
  {
    for (const char c : plain) {
      switch (c) {
        case '&': html_ += "&amp;"; break;
        case '<': html_ += "&lt;"; break;
        case '>': html_ += "&gt;"; break;
        case '"': html_ += "&quot;"; break;
        case '\'': html_ += "&#39;"; break;
        default: html_ += c;
      }
    }
    return *this;
  }

  Page& code(std::string_view plain) { return markup("<code>").text(plain).markup("</code>"); }
  Page& cell(std::string_view plain) { return markup("<td>").text(plain).markup("</td>"); }
  Page& code_cell(std::string_view plain) { return markup("<td>").code(plain).markup("</td>"); }

  std::string take() && { return std::move(html_); }

 private:
  std::string html_;
};

std::string_view type_words(const json::Field& field)
{
  switch (field.type) {
    case json::Type::text: return "text";
    case json::Type::integer: return "whole number";
    case json::Type::boolean: return "true or false";
    case json::Type::instant: return "RFC 3339 time";
    case json::Type::object: return "object";
    case json::Type::list: return "list";
  }
  return {};
}

/// "text, 1 to 30" and "may be left out".
std::string rules_of(const json::Field& field)
{
  std::string rules{type_words(field)};
  const json::Limits& limits = field.limits;
  const bool bounded = limits.max != 0 || limits.min < 0;
  if (bounded) {
    rules += ", " + std::to_string(limits.min) + " to " + std::to_string(limits.max);
  } else if (limits.min > 0) {
    rules += ", at least " + std::to_string(limits.min);
  }
  std::string_view between = ": ";
  for (const std::string_view choice : limits.one_of) {
    rules += between;
    rules += choice;
    between = ", ";
  }
  return rules;
}

std::string_view presence_words(const json::Field& field)
{
  if (field.null_when_empty()) {
    return "always, may be null";
  }
  switch (field.presence) {
    case json::Presence::required: return "always";
    case json::Presence::optional: return "may be left out";
    case json::Presence::nullable: return "may be left out or null";
  }
  return {};
}

void add_shape(Page& page, const json::AnyShape& shape)
{
  page.markup(R"(<section id="shape-)").text(shape.name).markup(R"("><h3>)").text(shape.name).markup("</h3>");
  if (!shape.doc.empty()) {
    page.markup("<p>").text(shape.doc).markup("</p>");
  }
  page.markup(R"(<table><thead><tr><th scope="col">Member</th><th scope="col">Value</th><th )"
              R"(scope="col">There</th>)"
              R"(<th scope="col">Meaning</th><th scope="col">Example</th></tr></thead><tbody>)");
  for (const json::Field& field : shape.fields) {
    page.markup("<tr>").code_cell(field.name).markup("<td>").text(rules_of(field));
    if (field.element != nullptr) {
      page.markup(R"( of <a href="#shape-)").text(field.element->name).markup(R"(">)");
      page.text(field.element->name).markup("</a>");
    }
    page.markup("</td>").cell(presence_words(field)).cell(field.doc).code_cell(field.example);
    page.markup("</tr>");
  }
  page.markup("</tbody></table></section>");
}

void add_shape_line(Page& page, std::string_view label, const json::AnyShape* shape, std::string_view type)
{
  page.markup("<dt>").text(label).markup("</dt><dd>");
  if (shape != nullptr) {
    page.markup(R"(<a href="#shape-)").text(shape->name).markup(R"(">)").text(shape->name).markup("</a> ");
  }
  page.text(type).markup("</dd>");
}

void add_query(Page& page, const Router::Entry& entry)
{
  for (const QueryParam& param : entry.query) {
    page.markup("<dt>")
        .code("?" + std::string{param.name} + "=")
        .markup("</dt><dd>")
        .text(param.doc)
        .markup("</dd>");
  }
}

void add_refusals(Page& page, const Router::Entry& entry, const DocumentInfo& info)
{
  page.markup("<dt>Refusals</dt><dd><ul>");
  for (const auto& [status, refusals] : refusals_by_status(entry, info)) {
    page.markup("<li>").text(std::to_string(status));
    for (const Refusal* refusal : refusals) {
      page.markup(R"( <a href="#error-)")
          .text(refusal->code)
          .markup(R"(">)")
          .code(refusal->code)
          .markup("</a>");
    }
    page.markup("</li>");
  }
  page.markup("</ul></dd>");
}

void add_route(Page& page, const Router::Entry& entry, const DocumentInfo& info)
{
  page.markup(R"(<article id=")").text(entry.operation).markup(R"("><h3><span class="method">)");
  page.text(name_of(entry.method))
      .markup("</span> ")
      .code(entry.pattern)
      .markup("</h3><p>")
      .text(entry.summary);
  page.markup("</p><dl><dt>Needs</dt><dd>").text(sentence_for(entry)).markup("</dd>");
  add_query(page, entry);
  if (entry.body != nullptr) {
    add_shape_line(page, "Body", entry.body, entry.body_type);
  }
  const std::string label = "Answer " + std::to_string(entry.status);
  add_shape_line(
      page, label, entry.reply, entry.status == 204 ? std::string_view{"empty"} : entry.reply_type
  );
  add_refusals(page, entry, info);
  page.markup("</dl></article>");
}

void add_tag(Page& page, const Router& router, const TagNote& tag, const DocumentInfo& info)
{
  page.markup(R"(<section id="tag-)").text(tag.name).markup(R"("><h2>)").text(tag.name);
  page.markup("</h2><p>").text(tag.doc).markup("</p>");
  for (const auto& entry : router.entries()) {
    if (tag_of(*entry, info) == tag.name) {
      add_route(page, *entry, info);
    }
  }
  page.markup("</section>");
}

void add_head(Page& page, const DocumentInfo& info)
{
  page.markup(R"(<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">)"
              R"(<meta name="viewport" content="width=device-width, initial-scale=1"><title>)");
  page.text(info.title)
      .markup(R"(</title><link rel="stylesheet" href=")")
      .text(docs_css_path)
      .markup(R"("></head><body>)");
  page.markup("<header><h1>")
      .text(info.title)
      .markup(" <small>")
      .text(info.version)
      .markup("</small></h1><p>");
  page.text(info.description).markup(R"(</p><p><a href="/openapi.json">OpenAPI document</a></p></header>)");
}

void add_contents(Page& page, const std::vector<TagNote>& tags)
{
  page.markup(R"(<nav aria-label="Contents"><ul>)");
  for (const TagNote& tag : tags) {
    page.markup(R"(<li><a href="#tag-)").text(tag.name).markup(R"(">)").text(tag.name).markup("</a></li>");
  }
  page.markup(R"(<li><a href="#shapes">Shapes</a></li><li><a href="#errors">Errors</a></li></ul></nav>)");
}

void add_errors(Page& page, const Router& router, const DocumentInfo& info)
{
  page.markup(
      R"(<section id="errors"><h2>Errors</h2><p>Every error is <code>application/problem+json</code>; its )"
      "member "
      R"(<code>error</code> is one of these.</p><table><thead><tr><th scope="col">error</th>)"
      R"(<th scope="col">Status</th><th scope="col">What</th><th )"
      R"(scope="col">Cure</th></tr></thead><tbody>)"
  );
  for (const auto& [code, refusal] : all_refusals(router, info)) {
    page.markup(R"(<tr id="error-)").text(code).markup(R"(">)").code_cell(code);
    page.cell(std::to_string(status_of(refusal->kind)))
        .cell(refusal->title)
        .cell(refusal->detail)
        .markup("</tr>");
  }
  page.markup("</tbody></table></section>");
}

}  // namespace

std::string docs_page(const Router& router, const DocumentInfo& info)
{
  const std::vector<TagNote> tags = tags_of(router, info);
  Page page;
  add_head(page, info);
  add_contents(page, tags);
  page.markup("<main>");
  for (const TagNote& tag : tags) {
    add_tag(page, router, tag, info);
  }
  page.markup(R"(<section id="shapes"><h2>Shapes</h2>)");
  for (const auto& [name, shape] : all_shapes(router)) {
    add_shape(page, *shape);
  }
  page.markup("</section>");
  add_errors(page, router, info);
  page.markup("</main></body></html>\n");
  return std::move(page).take();
}

std::string_view docs_css()
{
  return R"(:root { color-scheme: light dark; --line: #8886; --strong: #0b5; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 0 1rem 4rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; }
h2 { border-bottom: 1px solid var(--line); margin-top: 3rem; }
article { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; padding: 0 1rem 1rem; }
code, .method { font-family: ui-monospace, monospace; font-size: .95em; }
.method { border: 1px solid currentColor; border-radius: .25rem; font-weight: 700; padding: 0 .4rem; }
dl { display: grid; gap: .25rem 1rem; grid-template-columns: max-content 1fr; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
dd ul { list-style: none; margin: 0; padding: 0; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; }
:target { outline: 2px solid var(--strong); outline-offset: .25rem; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } }
)";
}

}  // namespace usher::http
