// Passkeys. Each page works whole without this: what only it can do is hidden until then.
//
// <form> with <input name="credential"> and <button name="do" data-passkey="make|prove" data-options="{…}" hidden>
//   asks the browser for a passkey, puts its answer into the field, and sends the form by that button.
// <input name="able"> is given "1" where this browser may have a passkey.

// What stands behind “#” waits in this tab for the page that fills a form with it (tell.js).
if (location.hash.length > 1) sessionStorage.setItem("tell", location.hash.slice(1))

if (window.PublicKeyCredential && navigator.credentials) {
  for (const input of document.querySelectorAll("input[name=able]")) input.value = "1"
  for (const part of document.querySelectorAll("[data-passkey], [data-passkey-part]")) part.hidden = false
  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.addEventListener("click", (event) => asked(event, button))
  }
}

async function asked(event, button) {
  const field = button.form.elements.credential
  if (field.value) return
  event.preventDefault()
  const says = document.getElementById(button.dataset.says)
  says.hidden = true
  try {
    const options = JSON.parse(button.dataset.options)
    field.value = JSON.stringify(written(await answer(button.dataset.passkey, options)))
    button.form.requestSubmit(button)
  } catch {
    says.hidden = false
    says.focus()
  }
}

function answer(what, options) {
  options.challenge = bytes(options.challenge)
  for (const each of options.allowCredentials || options.excludeCredentials || []) each.id = bytes(each.id)
  if (what === "prove") return navigator.credentials.get({ publicKey: options })
  options.user.id = bytes(options.user.id)
  return navigator.credentials.create({ publicKey: options })
}

function written(credential) {
  const response = {}
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part])
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} }
}

function bytes(said) {
  const plain = atob(said.replaceAll("-", "+").replaceAll("_", "/"))
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0))
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}
