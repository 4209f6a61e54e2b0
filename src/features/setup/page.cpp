#include "features/setup/page.hpp"

namespace usher::setup {
namespace {

constexpr std::string_view html = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Set up Usher</title>
<link rel="stylesheet" href="/setup/style.css">
<script src="/setup/app.js" defer></script>
</head>
<body>
<main>
<h1>Set up Usher</h1>
<p id="intro">Create the first administrator. This link works once.</p>
<div id="notice" role="alert" tabindex="-1" hidden></div>
<noscript><p class="bad">This page needs JavaScript. You can also run <code>usher user add --admin</code> on the
server.</p></noscript>
<form id="form" novalidate hidden>
<div class="field">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="name" maxlength="30" required aria-describedby="name-error">
<p class="error" id="name-error"></p>
</div>
<div class="field">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" maxlength="254" required
aria-describedby="email-error">
<p class="error" id="email-error"></p>
</div>
<div class="field">
<label for="age">Age</label>
<input id="age" name="age" type="number" inputmode="numeric" min="16" max="100" required
aria-describedby="age-error">
<p class="error" id="age-error"></p>
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required
aria-describedby="password-hint password-error">
<p class="hint" id="password-hint">At least 8 characters. A few unrelated words make a good one.</p>
<p class="error" id="password-error"></p>
</div>
<div class="check">
<input id="show" type="checkbox" aria-controls="password">
<label for="show">Show password</label>
</div>
<button id="send" type="submit">Create administrator</button>
</form>
</main>
</body>
</html>
)html";

constexpr std::string_view script = R"js("use strict";

const form = document.getElementById("form");
const notice = document.getElementById("notice");
const send = document.getElementById("send");
const fields = ["name", "email", "age", "password"];

// The token came in the fragment, which no server sees; it does not stay in the address bar either.
const token = location.hash.slice(1);
if (token) {
  history.replaceState(null, "", location.pathname);
}

function say(text, good) {
  notice.textContent = text;
  notice.className = good ? "good" : "bad";
  notice.hidden = false;
}

function mark(field, reason) {
  const input = document.getElementById(field);
  document.getElementById(field + "-error").textContent = reason;
  if (reason) {
    input.setAttribute("aria-invalid", "true");
  } else {
    input.removeAttribute("aria-invalid");
  }
}

function explain(problem) {
  const errors = problem.errors;
  if (errors && typeof errors === "object") {
    const wrong = fields.filter((field) => errors[field]);
    wrong.forEach((field) => mark(field, errors[field].join("; ")));
    if (wrong.length > 0) {
      document.getElementById(wrong[0]).focus();
      return;
    }
  }
  say(problem.detail || "That did not work. Try again.", false);
  notice.focus();
}

async function submit(event) {
  event.preventDefault();
  notice.hidden = true;
  fields.forEach((field) => mark(field, ""));
  const age = form.elements.age.value.trim();
  const wanted = {
    token,
    name: form.elements.name.value,
    email: form.elements.email.value.trim(),
    age: /^[0-9]{1,3}$/.test(age) ? Number(age) : 0,
    password: form.elements.password.value,
  };
  send.disabled = true;
  send.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch("/api/setup", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wanted),
    });
    const body = await answer.json();
    if (answer.status === 201) {
      form.remove();
      document.getElementById("intro").remove();
      say("Done. " + body.email + " is the administrator; log in with POST /api/auth.", true);
      notice.focus();
    } else {
      explain(body);
    }
  } catch (error) {
    say("The server could not be reached. Is it still running?", false);
    notice.focus();
  }
  send.disabled = false;
  send.removeAttribute("aria-busy");
}

document.getElementById("show").addEventListener("change", (event) => {
  form.elements.password.type = event.target.checked ? "text" : "password";
});
form.addEventListener("submit", submit);

if (token) {
  form.hidden = false;
  form.elements.name.focus();
} else {
  say("This address lacks its token. Open the whole link that the server printed when it started.", false);
}
)js";

constexpr std::string_view style = R"css(:root {
  color-scheme: light dark;
  --ink: #1d2430;
  --paper: #f4f5f7;
  --card: #fff;
  --line: #8a93a3;
  --accent: #1f5fbf;
  --on-accent: #fff;
  --bad: #a8201a;
  --good: #1b6b3a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e7eaf0;
    --paper: #14181f;
    --card: #1d232d;
    --line: #7d8798;
    --accent: #8ab4f8;
    --on-accent: #10141a;
    --bad: #ff9b93;
    --good: #7fd6a0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  padding: 2rem 1rem;
  font: 1rem/1.5 system-ui, sans-serif;
  color: var(--ink);
  background: var(--paper);
}
main {
  max-width: 26rem;
  margin: 4vh auto 0;
  padding: 2rem;
  background: var(--card);
  border-radius: .75rem;
  box-shadow: 0 1px 3px rgb(0 0 0 / 20%);
}
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.2; }
p { margin: 0 0 1rem; }
.field { margin-bottom: 1rem; }
label { font-weight: 600; }
.field label { display: block; margin-bottom: .25rem; }
.field input {
  width: 100%;
  padding: .6rem .7rem;
  font: inherit;
  color: inherit;
  background: transparent;
  border: 1px solid var(--line);
  border-radius: .4rem;
}
[aria-invalid="true"] { border-color: var(--bad) !important; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hint, .error { margin: .25rem 0 0; font-size: .875rem; }
.error, .bad { color: var(--bad); }
.good { color: var(--good); }
.error:empty { display: none; }
.check { display: flex; gap: .5rem; align-items: center; margin-bottom: 1.25rem; }
.check label { font-weight: 400; }
#notice { margin-bottom: 1rem; font-weight: 600; }
button {
  width: 100%;
  padding: .75rem;
  font: inherit;
  font-weight: 600;
  color: var(--on-accent);
  background: var(--accent);
  border: 0;
  border-radius: .4rem;
  cursor: pointer;
}
button:disabled { opacity: .6; cursor: progress; }
)css";

}  // namespace

std::string_view page_html()
{
  return html;
}

std::string_view page_script()
{
  return script;
}

std::string_view page_style()
{
  return style;
}

}  // namespace usher::setup
