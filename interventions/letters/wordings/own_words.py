# ruff: noqa: E501 (a paragraph of a letter is one line)
"""Rollbook's own words for each kind of letter: version 0, and where a school's own begin."""

from dataclasses import dataclass

from interventions.rules.letter_kinds import (
    AT_RISK,
    FIRST_CONCERN,
    GOING_WELL,
    MEETING_INVITATION,
    PANEL_INVITATION,
    PERSISTENT_ABSENCE,
    SEVERE_ABSENCE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """A heading and a body with merge fields: see `interventions.letters.wordings.merge_fields`."""

    subject: str
    body: str


_MISSED = "{{pupil.first_name}} has missed {{missed}} of school"
_LEAD = (
    "<p><strong>{{pupil.first_name}} has missed {{missed_of}} {{period}}.</strong> "
    "{{comparison}}</p>"
)

OWN_WORDS: dict[str, Words] = {
    FIRST_CONCERN: Words(
        "{{pupil.first_name}}’s attendance: can we help?",
        """\
<p><strong>{{pupil.first_name}} has missed {{missed}} of school since {{since}}.</strong> {{comparison}}</p>
<p>Children get ill, and family life is not always simple. We write early because single days soon add up, and because a short talk now often does more good than a long one later.</p>
<p>{{calendar_and_dates}}</p>
<h2>What would help</h2>
<ul>
<li>{{ask_reasons}}</li>
<li><strong>If something is making school hard for {{pupil.first_name}}, let us know.</strong> It may be a worry, a friendship, {{pupil.their}} health, the journey or something at home. We can often change more than you would think.</li>
<li>{{call_that_morning}}</li>
</ul>
<p>{{no_need}} {{how_to_reply}} if you would like to talk.</p>
""",
    ),
    AT_RISK: Words(
        _MISSED,
        _LEAD
        + """
<p>{{thanks}} When a pupil misses one day in ten or more, for any reason, it is called persistent absence. {{pupil.first_name}} is near that line and has not crossed it. {{open_reasons}}</p>
<p>{{chart_and_dates}}</p>
<h2>What would help</h2>
<ul>
<li><strong>Tell us what makes coming in hard.</strong> There is often more that we can change than you would think.</li>
<li>{{call_that_morning}}</li>
<li><strong>Half a day counts.</strong> Where an appointment falls into school hours, come in before or after it.</li>
</ul>
<p>{{how_to_reply}} if you would like to talk.</p>
""",
    ),
    PERSISTENT_ABSENCE: Words(
        _MISSED,
        _LEAD
        + """
<p>{{thanks}} Lessons and time with friends are hard to make up later. When a pupil misses one day in ten or more, for any reason, it is called persistent absence, and it is time for us to help. {{open_reasons}}</p>
<p>{{chart_and_dates}}</p>
<h2>Please talk to us</h2>
<p>We would like to meet you and {{pupil.first_name}}, and to hear {{what_we_ask}}. {{how_to_reply}} to find a time that suits you. Together we can agree who does what.</p>
<p>{{law}}</p>
""",
    ),
    SEVERE_ABSENCE: Words(
        _MISSED,
        _LEAD
        + """
<p>{{thanks}} That is half of the time or more. There is nearly always a reason for it that no family should have to solve alone. {{open_reasons}}</p>
<p>{{chart_and_dates}}</p>
<h2>Please meet us soon</h2>
<p>We would like to meet you and {{pupil.first_name}} within the next two weeks, in school, by phone or at your home, and to hear {{what_we_ask}}. {{how_to_reply}} to find a time that suits you. With your agreement we bring in whoever can help, here, in health or in other services. You get a written plan that says who does what.</p>
<p>{{law}}</p>
""",
    ),
    MEETING_INVITATION: Words(
        "Can we meet about {{pupil.first_name}}’s attendance?",
        """\
<p>Please come and meet us <strong>{{meeting.when}}</strong>. {{pupil.first_name}} is welcome too.</p>
<p>{{own_words}}</p>
<p>{{calendar_and_summary}}</p>
<h2>What we would like to talk about</h2>
<ul>
<li>{{meeting.people}}</li>
<li>We would like to hear {{what_we_ask}}.</li>
<li>We agree what each of us will do and by when, and you get it in writing.</li>
</ul>
<p>You may bring a friend, a relative or someone who supports your family. We can book an interpreter, and we can meet by phone, by video or at your home.</p>
<p>{{meeting.reply}}</p>
""",
    ),
    PANEL_INVITATION: Words(
        "Invitation to talk about {{pupil.first_name}}’s attendance",
        """\
<p>Please come to an attendance panel <strong>{{meeting.when}}</strong>. {{pupil.first_name}} is invited too.</p>
<p>{{own_words}}</p>
<p>{{calendar_and_summary}}</p>
<h2>What will happen</h2>
<ul>
<li>{{meeting.people}}</li>
<li>You and {{pupil.first_name}} speak first: what goes well, what gets in the way, what would help.</li>
<li>We agree what each of us will do and by when. You get it in writing the same week.</li>
</ul>
<p>You may bring a friend, a relative or someone who supports your family. We can book an interpreter, and we can meet by phone, by video or at your home. You may ask to see the papers.</p>
<p>{{meeting.reply}} If we hear nothing we will call you. The panel meets without you only if no time can be found, and you will be told what it decided.</p>
""",
    ),
    GOING_WELL: Words(
        "Good news about {{pupil.first_name}}",
        """\
<p><strong>{{last_weeks}}</strong> {{weeks_before}}</p>
<p>We know what this takes, and we have seen it: more days in school are more lessons, more time with friends, and fewer things to catch up on.</p>
<p>{{own_words}}</p>
<p>{{weeks}}</p>
<p>There may be days when {{pupil.first_name}} is not well enough to come. If so, let us know as you do now; nothing that has been gained is lost. And if there is something that has helped and that we should keep, please tell us.</p>
<p>Please show {{pupil.first_name}} this letter. Thank you for all that you have done.</p>
""",
    ),
}
