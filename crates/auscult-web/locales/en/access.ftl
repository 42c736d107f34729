sign-in = Sign in
sign-in-no-match = E-mail and password do not fit together. Please look at both again.
sign-in-wait = Too many tries. Please wait { $n ->
    [one] one minute
   *[other] { $n } minutes
  } and try again.
sign-in-ended = You were signed out. What you were writing is kept.
sign-in-forgot = Can’t sign in? Somebody with the role of owner can give you a new link. We never say here whether an e-mail has an account.
work-email = Work e-mail
password = Password
password-paste = You can paste.
password-rule = At least 12 characters. A sentence you can remember is best.
language = Language
look-around = Look around the example
door-about = About
door-say = “I rang fourteen times. Then someone answered, and had a name.”
door-by = That is all most people ask of us.
welcome = Welcome to Auscult
welcome-lede = Listen to what people say about their care, and be there when they reach out.
welcome-data = Everything stays in this server’s own data folder.
door-setup = Set up for your organisation
door-setup-what = The first administrator, then three short steps. Listening starts at the end; no account needs to be connected for that.
door-setup-do = Set up
door-example = Look around first
door-example-what = A filled example: an invented health system with 90 days of invented posts, conversations and plans.
example-filling = Telling the story of the example
example-filling-what = Ninety days of posts, answers and plans go through the same doors as real ones. The page goes on by itself, and signs you in. To come back from another browser, give yourself a password on the machine: auscult user reset-password maeve@stbrigids.example
example-failed = The example could not be filled.
example-again = What is there is half a story. Stop Auscult, remove its data folder, and start it again.
example-days = Day { $done } of { $of }
admin-title = The first administrator
admin-lede = This account can do everything, also invite others. This page closes itself when it exists.
your-name = Your name
steps = Steps
step-who = Who you are
step-where = Where to listen
step-done = Done
who-lede = From this we make the first watches. You can change everything later.
who-listened = What people call you
one-a-line = one a line
org-name = Name of the organisation
org-name-hint = As people say it
org-region = Law that applies
org-country = Country
org-country-hint = Two letters, such as IE. It chooses crisis and emergency lines.
org-zone = Time zone
org-zone-hint = Such as Europe/Dublin
org-other-names = Other names
org-other-names-hint = Short forms, old names, what people write by mistake
org-places = Places
org-places-hint = Hospitals, clinics, wards people name
org-clinicians = Clinicians
org-clinicians-hint = Only those who agreed to be listened for
hours-when = When someone is here
hours-when-hint = promises to answer run in these hours
hours-from = from
hours-to = to
where-lede = Feeds and networks. A test shows what they bring before you add them.
where-add = Add a source
where-list = Sources
where-none = Nothing yet
where-none-why = Add your own news page’s feed or a network above. You can also go on and add sources later.
where-start = Start listening
source-kind = Kind
source-address = Address, account or words
source-address-hint = Such as https://www.example.org/feed, or the words to look for
source-test = Test it
source-add = Add it
source-remove = Remove
source-remove-named = Remove { $name }
test-failed = That could not be heard
test-silent = { $name } is there, but silent
test-silent-why = It can be added. We look again from time to time.
test-heard = { $name } brings this
done-title = Listening has begun
done-lede = { $n ->
    [one] One watch was
   *[other] { $n } watches were
  } made from what you entered, and { $sources ->
    [0] no source listens yet.
    [one] one source listens.
   *[other] { $sources } sources listen.
  }
done-heard = Heard so far
done-watches = Watches
done-mentions = Mentions
done-answerable = Could be answered
done-presence = See what people already say
done-wait = Within a minute of data this shows what people already say about you.
done-go = Go to Today
invitation = You are invited
invitation-by = { $by } invited { $email } as
invitation-until = It holds until
invitation-accept = Join
