// The mini-program inside a phone of the desk: whose it is, which server it asks, and who hands out login codes.

const person = location.pathname.split("/")[3];

async function login() {
  const answer = await fetch(`/simulator/control/users/${encodeURIComponent(person)}/login`, { method: "POST" });
  return (await answer.json()).data?.code;
}

// What is answered at the subscription sheet, WeChat hears first.
async function subscribed(answers) {
  const body = JSON.stringify({ answers });
  await fetch(`/simulator/control/users/${encodeURIComponent(person)}/subscribe`, { method: "POST", body });
}

// config.js names this server for the developer tool; here it is the one that shows the phones.
window.__mini = { hosts: { "http://127.0.0.1:8000": location.origin }, person, within: true };
window.__login = login;
window.__subscribed = subscribed;
