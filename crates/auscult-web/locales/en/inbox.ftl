views = Views
inbox-list = Conversations, waiting longest first
inbox-order = { $n }, longest wait first
inbox-new = new. Show them
inbox-none-open = No conversation is open
inbox-none-open-why = Choose one from the list.
filter-words = Words, people, labels
foot-move = move
foot-resolve = resolve
foot-reply = reply
foot-note = note
unread = unread
you-said = You:
is-writing = { $name } is writing
has-it = { $name } has it
back-to-list = Back to the list
you = You
give-to = Give to
take-it = Take it
snooze = Snooze
labels = Labels
priority = Priority
team = Team
make-case = Make it a case
mark-unread = Mark unread
reopen = Open again
resolve = Resolve
resolve-why = Why is it finished
resolve-next = Answered, and next
messages = Messages, oldest first
no-composer = Your role reads here and does not answer.
tombstone = Deleted where it was written,
going-out-in = Going out in
undo = Undo
see-there = See it there
composer = Reply
conflict = { $who } answered meanwhile
conflict-kept = Your draft is kept below. Nothing of yours was sent.
composer-who = Who will read this
tab-public = Public reply
tab-private = Private
tab-note = Note
as = as
write-public = Your public reply
write-private = Your private message
write-note = Your note to the team
templates = Templates
later = Later
later-when = Send it at
second-eyes = Second pair of eyes
keep-draft = Keep as draft
by-hand-open = Open the place
by-hand-done = I have posted it there
send-approval = Ask for approval
send-public = Send in public
send-private = Send privately
send-note = Keep the note
guard = What the guard says
guard-clear = Nothing stands in the way.
guard-warn = { $n ->
    [one] One phrase needs a second pair of eyes
   *[other] { $n } phrases need a second pair of eyes
  }
guard-block = { $n ->
    [one] Not sent yet: one phrase would tell the world about someone’s care
   *[other] Not sent yet: { $n } phrases would tell the world about someone’s care
  }
rewrite = Safe wording
rewrite-head = Says the same, gives nothing away
rewrite-use = Use this wording
move-private = Move my draft to private
why-rules = Why these rules
person = Person
first-heard = First heard
conversations-n = { $n ->
    [one] One conversation.
   *[other] { $n } conversations.
  }
person-needs = What they need from us
person-needs-none = They have not asked for anything in particular.
person-speaks-for = Speaking for
person-known-as = Known as
person-before = Before this
person-before-none = This is the first time.
not-same = Not the same person
