// Goes on when the applications in the frames have answered, or have been waited for long enough; without this script the link
// does. An application's own scheme leaves the page where it is, with the link.
const link = document.querySelector("a[data-onward]");
let gone = false;
function on() {
  if (!gone) {
    gone = true;
    location.replace(link.href);
  }
}
addEventListener("load", on);
setTimeout(on, 5000);
