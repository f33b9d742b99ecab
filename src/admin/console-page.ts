// The console at `/`: one static page without data. It asks for the token, keeps it for the session of the
// browser tab and reads the HTTP API. Values enter the page as text, never as markup.

import { createHash } from 'node:crypto';

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
td { vertical-align: top; }
.number { text-align: right; }
.bad { color: #c22; font-weight: 600; }
form { margin: 2rem 0; }
input { font: inherit; padding: .3rem; width: 24rem; max-width: 100%; }
button { font: inherit; padding: .3rem .8rem; }
[hidden] { display: none; }
`;

const script = `
const byId = (id) => document.getElementById(id);
const ask = async (path, options) => {
  const token = sessionStorage.getItem('token') ?? '';
  const answer = await fetch(path, { ...options, headers: { authorization: 'Bearer ' + token } });
  if (answer.status === 401) {
    sessionStorage.removeItem('token');
    show();
    throw new Error('The token is not right.');
  }
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message);
  return body;
};
const cell = (row, value, kind) => {
  const td = row.insertCell();
  td.textContent = value ?? '';
  if (kind) td.className = kind;
  return td;
};
const act = (row, label, path) => {
  const button = document.createElement('button');
  button.textContent = label;
  button.onclick = () => ask(path, { method: 'POST' }).then(refresh, complain);
  row.insertCell().append(button);
};
const complain = (error) => { byId('error').textContent = error.message; };
const show = () => {
  const known = sessionStorage.getItem('token') !== null;
  byId('login').hidden = known;
  byId('data').hidden = !known;
};
const showLinks = (links) => {
  const body = byId('links');
  body.replaceChildren();
  for (const link of links) {
    const row = body.insertRow();
    cell(row, link.name);
    cell(row, link.peer.mta);
    cell(row, link.state, link.healthy ? '' : 'bad');
    cell(row, link.associations.outbound + ' out, ' + link.associations.inbound + ' in');
    cell(row, link.queued, 'number');
    cell(row, link.lastError);
    cell(row, link.nextAttemptAt);
    const path = '/api/v1/links/' + encodeURIComponent(link.name) + '/';
    if (link.state === 'disabled') act(row, 'Enable', path + 'enable');
    else act(row, 'Disable', path + 'disable');
    act(row, 'Connect', path + 'connect');
  }
};
const showQueue = ({ copies }) => {
  const body = byId('queue');
  body.replaceChildren();
  for (const copy of copies) {
    const row = body.insertRow();
    cell(row, copy.mtsIdentifier);
    cell(row, copy.nextHop);
    cell(row, copy.priority);
    cell(row, copy.state, copy.state === 'quarantined' ? 'bad' : '');
    cell(row, copy.originator);
    cell(row, copy.recipients.map((each) => each.address).slice(0, 3).join(' '));
    cell(row, copy.contentLength, 'number');
    cell(row, copy.lastError);
  }
};
const refresh = async () => {
  if (sessionStorage.getItem('token') === null) return;
  const [health, links, queue] = await Promise.all(
    ['/api/v1/health', '/api/v1/links', '/api/v1/queue?limit=100'].map((path) => ask(path)));
  byId('health').textContent = health.mta + ', version ' + health.version + ': ' + health.status;
  byId('error').textContent = '';
  showLinks(links);
  showQueue(queue);
};
byId('login').onsubmit = (event) => {
  event.preventDefault();
  sessionStorage.setItem('token', byId('token').value.trim());
  show();
  refresh().catch(complain);
};
show();
refresh().catch(complain);
setInterval(() => refresh().catch(complain), 3000);
`;

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>Chappe</title>
<style>${style}</style>
</head>
<body>
<h1>Chappe</h1>
<p id="error" class="bad" role="alert"></p>
<form id="login">
<label>Token (in <code>admin.token</code> in the directory of the store)<br>
<input id="token" type="password" autocomplete="off" required></label>
<button>Show</button>
</form>
<main id="data" hidden>
<p id="health"></p>
<h2>Links</h2>
<table>
<thead><tr><th>Link<th>Peer<th>State<th>Associations<th>Queued
<th>Last error<th>Next attempt<th><th></tr></thead>
<tbody id="links"></tbody>
</table>
<h2>Queue, the first hundred</h2>
<table>
<thead><tr><th>MTS identifier<th>Next hop<th>Priority<th>State
<th>From<th>To<th>Octets<th>Last error</tr></thead>
<tbody id="queue"></tbody>
</table>
</main>
<script>${script}</script>
</body>
</html>
`;

/** The page and the policy that lets exactly its own style and script run. */
export const consolePage = {
  html,
  policy: [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
} as const;

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
