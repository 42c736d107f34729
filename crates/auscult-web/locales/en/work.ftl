today-hello = Hello, { $name }
today-waiting = { $n ->
    [0] Nobody is waiting for you.
    [one] One person is waiting for you.
   *[other] { $n } people are waiting for you.
  }
today-longest = The longest has waited { $span }.
today-longest-late = The longest has waited { $span }, { $late } more than we promised.
today-counts = Counts
today-open-safety = Open the safety desk
today-open-inbox = Open in the inbox
today-nothing = Nothing waits for you
today-nothing-why = New conversations come here by themselves.
today-oldest = The oldest open one is { $who }, { $n ->
    [one] one day
   *[other] { $n } days
  } old.
today-help-team = See who waits for the team
today-more = and { $n } more
today-hours = When people write, and when we are here
today-hours-from = last 12 weeks
see-measure = See measure
today-overnight = Overnight
today-quiet = Nothing out of the ordinary was heard.
strip-mine = Waiting for me
strip-team = Waiting for my team
strip-soon = Due within the hour
strip-late = Past its promise
strip-safety = Safety flags open
strip-approvals = Approvals asked of me
group-late = Past its promise
group-soon = Due within the hour
group-later = Later
approvals-none = Nothing to approve.
channels-need = { $n } of { $all } needs you
channels-none = No channel is connected
channels-none-why = Listening works without one. To answer, connect the account people already write to.
channels-connect = Connect a channel
channels-more = { $n } more, all fine
said-did = You said, we did
said-did-more = The conversations behind it
here = In now
open-n = { $n } open
