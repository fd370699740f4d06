/* global XMLHttpRequest */
// Without this script the form works as well, and shows the answer as it is.
const form = document.querySelector('form')
const progress = document.querySelector('progress')
const status = document.querySelector('[role=status]')

form.addEventListener('submit', event => {
  event.preventDefault()
  // fetch tells nothing of what is sent.
  const request = new XMLHttpRequest()
  request.open(form.method, form.action)
  request.upload.addEventListener('progress', ({ loaded, total }) => { progress.value = 100 * loaded / total })
  request.addEventListener('load', () => { status.textContent = told(request) })
  request.addEventListener('error', () => { status.textContent = 'The connection broke off.' })
  progress.value = 0
  status.textContent = ''
  request.send(new FormData(form))
})

function told ({ status, responseText }) {
  const answer = JSON.parse(responseText)
  if (status === 200) return `${answer.filename}: ${answer.bytes} bytes, ${answer.note}`
  return Array.isArray(answer.detail) ? answer.detail.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`).join('; ') : answer.detail
}
