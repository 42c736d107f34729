today-hello = Hello, { $name }
today-waiting = { $n ->
    [0] Nobody is waiting for an answer.
    [one] One person is waiting for an answer.
   *[other] { $n } people are waiting for an answer.
  }
today-longest = The longest has waited { $span }.
today-longest-late = The longest has waited { $span }, { $late } more than we promised.
today-waits = Waiting longest
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
strip-team = Waiting in all
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
approvals-lede = { $n ->
    [0] Nothing is asked of you.
    [one] One draft waits for your eyes.
   *[other] { $n } drafts wait for your eyes.
  }
approvals-empty = Nothing to approve
approvals-empty-why = When somebody asks for a second pair of eyes, it comes here by itself.
approvals-own = Asked by me
approvals-own-none = Nothing of yours waits.
approvals-rule = Who approves what
approvals-rule-what = Never the one who wrote it. An approval holds for exactly these words; a changed word asks again.
approval-changed = It changed since it was asked. Before:
approval-text = The words as they will go out
approval-text-hint = You can edit in place. It will be read on { $place }.
approval-note = A note to the writer
approve = Approve
return-note = Return with a note
replace = Replace it
safety-title = Safety desk
safety-lede = { $n ->
    [0] Nothing is open. Everything here gets a person, a clock and a next step.
    [one] One open. Everything here has a person, a clock and a next step. Closing needs a second signature.
   *[other] { $n } open. Everything here has a person, a clock and a next step. Closing needs a second signature.
  }
safety-on-call = On call:
safety-hold = Hold all publishing
safety-release = Let publishing go on
safety-raise = Raise a concern
safety-fault = The desk cannot hear everything right now.
safety-none = No open flags
safety-none-why = Last check at
safety-logged = Only members with the safety duty can open this. Reading is logged. No words of it go into mail or notices.
safety-answer = Open the conversation
safety-take = I have it
safety-outcome = What happened in the end
safety-close = Sign and close
safety-closed = Closed lately
safety-told = Who was told
safety-record = How we did
step-is-done = Done
col-what = What
col-kind = Kind
col-taken = Taken in
col-closed = Closed in
col-signed = Signed
col-changed = What changed
safety-crisis = Somebody may be in danger
safety-adverse = An unwanted effect of a medicine or device
safety-safeguarding = Somebody may have come to harm
safety-staff-abuse = Abuse of staff
safety-signed-once = { $name } signed the closing; a second member has to sign
safety-told-who = Who was told, and what
safety-told-do = Write it down
safety-lines = Lines for this country
safety-in-time = Taken in time
safety-in-time-of = { $n } of { $all }
safety-raise-number = Number of the conversation
step-by = done by { $name }
step-by-auscult = done by Auscult
element-patient = Patient
element-reporter = Reporter
element-product = Medicine or device
element-reaction = What happened
