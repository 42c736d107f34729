plan-move = Move
plan-now = Now
plan-view = View
plan-week = Week
plan-month = Month
plan-held = All publishing is held.
plan-held-what = Nothing goes out until somebody lets it go on.
plan-calendar = Calendar
plan-add = Add a piece on
plan-mix = About us, or about their challenges
plan-cadence = How steadily we were there
plan-cadence-note = a dot is a post
plan-ideas = Asked, and nobody has answered
plan-ideas-from = From listening
plan-ideas-none = Every question that was heard has an answer.
asked-n = { $n ->
    [one] asked once
   *[other] asked { $n } times
  }
plan-it = Plan it
piece = Piece
piece-save = Save
piece-schedule = Schedule
piece-about = What it is
piece-title = Title, for us alone
piece-aim = What it is for
piece-stance = From whose side
piece-at = Goes out at
piece-text = Text for { $channel }
piece-preview = As people will see it
piece-add = Another channel
piece-add-do = Add
piece-before = Before it may go out
piece-checks = Checks
piece-from = Where it comes from
over-by = { $n } over ·
