import type { LessonTexts } from '../course.ts';

export const lessons: LessonTexts = {
  'fake-shops': {
    title: 'Fake shops',
    summary: 'Tell a shop that sells from a shop that only takes your money.',
    picture: 'A shop window on a screen, held up from behind by a wooden prop like a stage set.',
    sections: [
      {
        heading: 'How it works',
        text: 'A fake shop is built in an afternoon. Pictures and texts are copied from real shops, the prices are made low, and the name is close to one you know. You pay in advance. Nothing comes, or something worthless does.',
        points: [],
      },
      {
        heading: 'Look at four things',
        text: 'It takes two minutes, and one bad answer is enough to leave.',
        points: [
          'The address: read the last part before the first slash, letter by letter. In lindenhof.shop-deals.example the shop is shop-deals.example, not Lindenhof.',
          'The imprint: a full name, a street, a register number. Look the company up somewhere else than in the shop itself.',
          'The payment: a real shop offers more than a bank transfer or gift cards, and still offers it at the last step.',
          'The price: much cheaper than everywhere else, on everything and in every size, is not luck.',
        ],
      },
      {
        heading: 'Medicines need more care',
        text: 'In the European Union a pharmacy that sells online shows the common logo with a cross and a flag. Click it: it must lead to the national register, and the register must name that very shop. A picture of the logo that leads nowhere proves nothing. Nobody honest sells prescription medicine without a prescription.',
        points: [],
      },
    ],
    attempt: {
      situation:
        'A shop you have never heard of sells the blood pressure monitor you want at 70 % off. “Only 2 left”, a counter runs down, reviews are all from this week. Payment: bank transfer, “card payment is being repaired”. What do you do?',
      answer:
        'Leave. The hurry, the price and the broken card payment belong together: they are there to make you transfer money you cannot get back. Search for the shop’s name with the word “experience” if you want to be sure, and never by a link of the shop.',
    },
    takeaways: [
      'Read the end of the address, not its beginning.',
      'Prefer ways of paying that can be undone: invoice, direct debit, card.',
      'Paid already? Call your bank at once, keep screenshots, report it to the police.',
    ],
    questions: [
      {
        ask: 'Which of these belongs to the shop lindenhof.example?',
        answers: [
          'lindenhof.example-orders.example',
          'lindenhof-example.shop.example',
          'orders.lindenhof.example/cart',
        ],
        because:
          'What counts is the end of the name before the first slash. Only there does it say lindenhof.example.',
      },
      {
        ask: 'At the last step only a bank transfer is left of five ways of paying. What does that tell you?',
        answers: [
          'It is a strong sign of a fake shop.',
          'Nothing, this happens when many people buy.',
          'It is safer, because your card number stays with you.',
        ],
        because:
          'A transfer can hardly be called back. Fake shops show other ways and take them away at the end.',
      },
      {
        ask: 'How do you check the logo of an online pharmacy?',
        answers: [
          'It is enough that the logo is there.',
          'Click it: the national register must name this shop.',
          'Compare its colours with another pharmacy’s.',
        ],
        because: 'Anybody can copy a picture. The entry in the register is what counts.',
      },
      {
        ask: 'You have transferred money to a shop that turns out to be fake. What comes first?',
        answers: [
          'Write to the shop and set a deadline.',
          'Call the bank and ask to stop or recall the transfer.',
          'Wait for two weeks.',
        ],
        because:
          'In the first hours a bank can sometimes still stop it. Then save what you have and go to the police.',
      },
    ],
  },
  phishing: {
    title: 'Phishing',
    summary: 'Messages that want your password, your code or your click.',
    picture: 'An envelope hanging on a fishing hook above calm water.',
    sections: [
      {
        heading: 'One pattern, many clothes',
        text: 'Somebody poses as a bank, a shop, a parcel service or your boss. Something is said to be urgent. You are to click, open, call, or tell a code. The text is often without mistakes today: good language proves nothing.',
        points: [],
      },
      {
        heading: 'Check before you act',
        text: 'Do not ask whether it looks real. Ask what it wants from you.',
        points: [
          'Sender: look at the address behind the name. The name can be anything.',
          'Link: rest the pointer on it, or press it long on a phone, and read where it leads.',
          'Wish: passwords, codes and card numbers are never asked for by message or telephone.',
          'Pressure: “today”, “last time”, “tell nobody” are tools, not facts.',
        ],
      },
      {
        heading: 'Take your own way',
        text: 'When it might be true, go there by yourself: type the address, use the app, call the number on your card. If the matter is real you will find it there. A passkey or a second factor helps, and a password manager that stays silent on a page is a warning: it knows the real address.',
        points: [],
      },
    ],
    attempt: {
      situation:
        'A text message: “Your bank: a new device was added to your account. Not you? Confirm at once: bank-safety.example/check”. You did not add a device. What now?',
      answer:
        'Do not touch the link. Open the banking app as you always do, or call the number on your card. If there is a new device, you see it there. The message plays with the very fear that makes you click.',
    },
    takeaways: [
      'Never by the link: go there your own way.',
      'A code that you are sent is for you alone. Whoever asks for it is the thief.',
      'Clicked already? Change the password from another device, tell the bank, tell your workplace. Quickly and without shame.',
    ],
    questions: [
      {
        ask: 'What is the safest way to find out whether a message from your bank is real?',
        answers: [
          'Reply and ask.',
          'Open the bank’s app or call the number on your card.',
          'Check it for spelling mistakes.',
        ],
        because: 'Only a way that you chose yourself leads to your bank for certain.',
      },
      {
        ask: 'A caller “from the bank” asks for the code that has just come by text message. You …',
        answers: [
          'tell it, since the caller knows your name and your bank.',
          'tell only the first three digits.',
          'hang up and call the bank yourself.',
        ],
        because:
          'Names and banks are easy to learn. A bank never asks for a code: it is what moves your money.',
      },
      {
        ask: 'Your password manager does not offer your password on a log-in page. What may that mean?',
        answers: [
          'The address is not the one you saved it for: stop and read it.',
          'The page is too new for it.',
          'You should copy the password by hand.',
        ],
        because: 'It compares the address exactly, and is not deceived by a picture.',
      },
      {
        ask: 'You typed your password into a false page. What helps most?',
        answers: [
          'Delete the message.',
          'Run a virus scanner and wait.',
          'Change the password at once, wherever it is used, and tell those concerned.',
        ],
        because: 'Minutes count. Telling somebody lets others be warned; nobody is blamed for it.',
      },
    ],
  },
  'safe-payment': {
    title: 'Paying safely',
    summary: 'Which ways of paying protect you, and what you really approve.',
    picture: 'A payment card behind a shield with a tick.',
    sections: [
      {
        heading: 'Can you get it back?',
        text: 'That is the only question that matters when you do not know the other side.',
        points: [
          'Hard to undo: bank transfer, instant transfer, gift cards, crypto-currency, “to friends”.',
          'Can be disputed: card, direct debit, buyer protection of a payment service.',
          'Best: invoice. First the goods, then the money.',
        ],
      },
      {
        heading: 'Read what you approve',
        text: 'Your bank’s app shows an amount and a recipient. Those count, not what the page or the caller says. If they do not match what you buy, refuse. An approval is never needed to RECEIVE money, to stop a payment or to test something.',
        points: [],
      },
      {
        heading: 'The page and the till',
        text: 'The lock in the address bar says that the line is private, not that the shop is honest. Pay in your own browser, not on a page that a chat sent you. Cover the keypad when you type your PIN, and do not use a machine on which something is loose.',
        points: [],
      },
    ],
    attempt: {
      situation:
        'You sell a pram online. The buyer sends a link: “Paid already! Enter your card to collect the money.” The page has your advertisement’s picture and a lock in the address bar. Is it safe?',
      answer:
        'No. To receive money nobody needs your card number, and nobody needs your approval. The picture was copied, and every page has a lock today. Give your account number, or be paid when it is fetched.',
    },
    takeaways: [
      'Money that can be called back is money that is safe.',
      'Amount and recipient in the app count. Nothing else does.',
      'Strange booking? Tell the bank at once: in the European Union it must as a rule pay back what you did not authorise.',
    ],
    questions: [
      {
        ask: 'Which way of paying protects you best in an unknown shop?',
        answers: ['On invoice, after delivery.', 'Instant transfer.', 'Gift card codes.'],
        because: 'You see the goods first. The other two are gone the moment they are sent.',
      },
      {
        ask: 'Somebody wants to pay you and asks you to approve it in your banking app. What happens if you do?',
        answers: [
          'The money arrives.',
          'You pay: an approval always sends money away or opens your account.',
          'Nothing, it is only a test.',
        ],
        because: 'Receiving never needs your approval.',
      },
      {
        ask: 'What does the lock in the address bar say?',
        answers: [
          'The shop has been checked.',
          'The bank stands behind the page.',
          'Nobody in between can read along. It says nothing of who is at the other end.',
        ],
        because: 'A certificate is free, for fraudsters as well.',
      },
      {
        ask: 'You find a booking on your card that you did not make. You …',
        answers: [
          'tell the bank at once and have the card blocked.',
          'wait for next month’s statement.',
          'write to the shop and hope.',
        ],
        because: 'Early notice protects your money and stops the next booking.',
      },
    ],
  },
  'parcel-scams': {
    title: 'Parcel scams',
    summary: 'False fees, false notices, false couriers.',
    picture: 'A parcel with a price tag on a string that pulls a coin out of a purse.',
    sections: [
      {
        heading: 'Why it works so well',
        text: 'Somebody is nearly always waiting for a parcel. A message sent to a million people reaches thousands who are.',
        points: [
          'The small fee: “1.99 for customs”. It is not the 1.99 they want but your card.',
          'The app: “install to track”. It reads your messages, with your codes.',
          'The paper: a notice in your letter box with a code that leads to a false page or a costly number.',
        ],
      },
      {
        heading: 'At the door',
        text: 'A real courier knows what is written on the label and needs no code from your bank. With medicines and valuable goods, the courier shows who they are, and you may ask. Hand nothing over that “was delivered to you by mistake”: refer them to the parcel service.',
        points: [],
      },
      {
        heading: 'Goods you did not order',
        text: 'Somebody may have ordered in your name. Do not accept it, or keep it unopened. Look at your shop accounts, change the password, tell the shop and, if a bill comes, the police.',
        points: [],
      },
    ],
    attempt: {
      situation:
        '“Your parcel could not be delivered: house number missing. Complete it here within 12 hours: parcel-help.example”. You are waiting for a parcel from Lindenhof. What do you do?',
      answer:
        'Open your order at the shop, copy the tracking number there and type it into the parcel service’s own page. If something is missing, it says so there. A parcel without a house number would not know your telephone number either.',
    },
    takeaways: [
      'The tracking number from your order, typed in by yourself, is the only truth.',
      'No fee by link, no app by link.',
      'At the door: look, ask, and in doubt keep it shut.',
    ],
    questions: [
      {
        ask: 'A message asks for 1.99 to release your parcel. What is wanted really?',
        answers: ['1.99.', 'Your address.', 'Your card’s number and a code to go with it.'],
        because:
          'The sum is small so that you do not think about it. With the card much more is taken later.',
      },
      {
        ask: 'How do you check where your parcel is?',
        answers: [
          'By the link in the message.',
          'With the number from your order, on the page you open yourself.',
          'By calling the number in the message.',
        ],
        because: 'Your order comes from the shop. A message can come from anybody.',
      },
      {
        ask: 'A courier at your door asks for the code that your bank has just sent. You …',
        answers: [
          'shut the door and call the bank.',
          'tell it: it is needed for the delivery.',
          'write it on the paper.',
        ],
        because: 'Parcel services have codes of their own. Your bank’s code moves your money.',
      },
      {
        ask: 'A parcel comes that nobody ordered. An hour later a friendly man wants to fetch it. You …',
        answers: [
          'give it to him: it is not yours.',
          'give it to nobody but the parcel service, and tell the shop.',
          'open it and keep it.',
        ],
        because:
          'Fraudsters order in your name and fetch the goods at your door. You are left with the bill.',
      },
    ],
  },
  tailgating: {
    title: 'Tailgating',
    summary: 'Why a held door is the most common way in.',
    picture: 'A door with a badge reader; one figure goes in, a second follows close behind with a box.',
    sections: [
      {
        heading: 'Kindness as a key',
        text: 'No lock has to be picked when somebody holds the door. Both hands full, a high-visibility vest, a telephone at the ear: nobody wants to be rude. The door’s record shows one person. Two are inside.',
        points: [],
      },
      {
        heading: 'How to say it',
        text: 'You need no courage, only a sentence that you have ready.',
        points: [
          '“I may let in only myself here. I’ll fetch somebody for you.”',
          '“Whom are you visiting? I’ll take you there.”',
          'To a colleague: “Sorry, one badge, one person. You know how it is.”',
        ],
      },
      {
        heading: 'Doors are part of it',
        text: 'Pull it shut until it clicks. Never wedge it for deliveries: the gateway says “held open”, and it says so because that is when things go missing. A lost badge is reported the same hour; blocking it takes a minute and costs nothing.',
        points: [],
      },
    ],
    attempt: {
      situation:
        'Delivery entrance, eight in the morning. A man with two boxes stands behind you: “Could you? My badge is in the van.” You have seen him before. What do you do?',
      answer:
        'Take a box from him, not the badge rule: “Let me hold that while you ring.” Or take him to the counter and have him signed in. If he belongs here it costs a minute. If not, he will remember another errand.',
    },
    takeaways: [
      'One badge, one person, for everybody, the boss included.',
      'Accompany strangers; never leave them alone.',
      'Report a lost badge the same hour. No reproach.',
    ],
    questions: [
      {
        ask: 'Somebody with full hands wants to come in behind you without a badge. You …',
        answers: [
          'hold the door: one sees that he works here.',
          'offer help, and let him ring or sign in.',
          'say nothing and go on.',
        ],
        because: 'Being friendly and keeping the rule go together.',
      },
      {
        ask: 'Why does a held door matter although a camera hangs above it?',
        answers: [
          'A camera shows afterwards who it was. The door keeps them out.',
          'The camera might be switched off.',
          'It does not matter.',
        ],
        because: 'Pictures help to clear things up. They do not keep anybody from the cabinet.',
      },
      {
        ask: 'You have not found your badge since yesterday evening. You …',
        answers: [
          'search for a week first.',
          'borrow a colleague’s badge.',
          'have it blocked now, and unblocked when it turns up.',
        ],
        because:
          'Until it is blocked it opens every door that it opens for you. A borrowed badge makes the record untrue.',
      },
      {
        ask: 'A delivery takes long. May the back door be wedged open?',
        answers: [
          'No. Somebody stays at the door, or it is opened each time.',
          'Yes, if it is quiet.',
          'Yes, if the alarm is off.',
        ],
        because: 'Minutes with an unwatched door are the minutes that somebody waits for.',
      },
    ],
  },
  counter: {
    title: 'Tricks at the counter',
    summary: 'People who want data, goods or access, and ask for it nicely.',
    picture: 'A counter with a person behind it; across from it a mask is held up on a stick.',
    sections: [
      {
        heading: 'The four levers',
        text: 'Social engineering needs no technology. It uses what makes you good at your work.',
        points: [
          'Authority: “I’m from head office, the technician, the health department.”',
          'Hurry: “The patient needs it in ten minutes.”',
          'Pity: “You’re the only one who can help me.”',
          'Give and take: a small favour first, then the large one.',
        ],
      },
      {
        heading: 'Your answer is a procedure',
        text: 'With a procedure you need not judge people. It treats all alike, and nobody can be offended by it.',
        points: [
          'Call back by a number from your own list, never by one that you have just been given.',
          'Nothing about patients or customers at the telephone until you know who is there.',
          'Technicians: announced, with identification, accompanied. Otherwise they come again tomorrow.',
          'Remote access to a computer: never at the request of a caller.',
        ],
      },
      {
        heading: 'Prescriptions and refunds',
        text: 'Look twice at large amounts, cash, unusual combinations and changed delivery addresses. A refund goes back the way the money came, never to another card. An order that is paid and then “quickly” sent elsewhere is asked about first.',
        points: [],
      },
    ],
    attempt: {
      situation:
        'Telephone: “This is the till support. We see an error at your place, we must restart it. Please open the page I’ll spell out, and read me the number it shows.” Behind you there is a queue. What do you say?',
      answer:
        '“I’ll call you back.” Then hang up and dial the number of the support from your own list. Real support is glad about it. The number on the page would have given away control of the till.',
    },
    takeaways: [
      '“I’ll call you back” is the strongest sentence at a counter.',
      'Hurry is a reason to go slower.',
      'Tell the others about attempts: the next call goes to your colleague.',
    ],
    questions: [
      {
        ask: 'Somebody in a technician’s jacket wants to reach the fridge’s control unit, unannounced. You …',
        answers: [
          'let him in: the jacket is genuine.',
          'let him in, but leave the door open.',
          'ask the company by your own number, and accompany him if it is true.',
        ],
        because: 'Jackets can be bought. Only what you have checked yourself counts.',
      },
      {
        ask: 'A “doctor” asks at the telephone which medicines Ms Weber takes. You …',
        answers: [
          'answer, for it is a doctor.',
          'call the practice back by the number in your records.',
          'give only half of it.',
        ],
        because: 'Health data is protected by law, and a voice proves nothing.',
      },
      {
        ask: 'A customer wants a refund to another card than the one he paid with. You …',
        answers: [
          'do it, the sum is the same.',
          'refund to the card that paid, or ask whoever is responsible.',
          'pay it in cash.',
        ],
        because: 'Stolen cards are emptied in this way: bought with one, paid out to another.',
      },
      {
        ask: 'You noticed too late that a caller sounded you out. What is best?',
        answers: [
          'Report it at once with what you still know.',
          'Say nothing: nothing has happened yet.',
          'Call the number back and complain.',
        ],
        because: 'What was asked about tells what comes next. Early word protects the others.',
      },
    ],
  },
  'cold-chain': {
    title: 'The cold chain',
    summary: 'From 2 to 8 °C, without a gap, and with a record that holds up.',
    picture: 'A fridge with a thermometer between two marks, and a curve that stays between two lines.',
    sections: [
      {
        heading: 'Why two degrees matter',
        text: 'Insulin, vaccines and many biologicals lose their effect when they get warm, and some are ruined by frost. Nobody can see it. Too cold is as bad as too warm.',
        points: [],
      },
      {
        heading: 'Day by day',
        text: 'Good habits prevent most alarms.',
        points: [
          'Goods in first, paper afterwards: a delivery goes into the fridge at once.',
          'Nothing against the back wall, nothing in the door, air between the packs.',
          'Open it shortly. Look at the display each time.',
          'Never switch a sensor off, cover it, or move it because it “always complains”.',
        ],
      },
      {
        heading: 'When it alarms',
        text: 'Stay calm, and in this order.',
        points: [
          'Shut the door, look at the display, check plug and fuse.',
          'Move the goods into the second fridge before the time is up. Note when.',
          'Mark what was warm: “quarantine, do not dispense”. Keep it cold.',
          'The responsible pharmacist decides with the maker’s data. Do not guess, do not throw away.',
          'Write down what happened, and when. The record is worth as much as the goods.',
        ],
      },
    ],
    attempt: {
      situation:
        'Monday, seven o’clock: the fridge shows 5 °C, but the gateway reports 11 °C from two to four in the night. A customer waits for insulin from this fridge. Do you dispense it?',
      answer:
        'No. It was out of its band, and now looking cold does not heal it. Put it into quarantine, in the cold, and call the responsible pharmacist. Take insulin for the customer from stock that was not affected, or have it brought.',
    },
    takeaways: [
      '2 to 8 °C, always, and proved.',
      'Too warm or frozen: quarantine, not the bin and not the customer.',
      'The alarm is on your side: it found it before a patient did.',
    ],
    questions: [
      {
        ask: 'A cold parcel arrives while five customers wait. What comes first?',
        answers: [
          'Put it into the fridge, then check it in.',
          'Check it in, then put it into the fridge.',
          'Serve everybody, then the parcel.',
        ],
        because: 'In a warm shop a pack leaves its band within minutes. Paper has time.',
      },
      {
        ask: 'Vaccines stood at 0 °C for an hour, some may have frozen. You …',
        answers: [
          'let them thaw and go on.',
          'shake them: if they are clear they are good.',
          'put them into quarantine and ask the responsible person.',
        ],
        because: 'Frost destroys many vaccines, and looking at them does not tell.',
      },
      {
        ask: 'A sensor alarms three times a day because it hangs close to the door. What is right?',
        answers: [
          'Switch the alarm off.',
          'Report it, so that it is moved and the limits are checked by whoever is responsible.',
          'Acknowledge it each time.',
        ],
        because: 'An alarm that nobody believes is none. But whether it moves is not decided at the counter.',
      },
      {
        ask: 'Who decides about goods that were too warm?',
        answers: [
          'Whoever noticed it.',
          'The wholesaler’s driver.',
          'The responsible pharmacist, with the maker’s data.',
        ],
        because: 'Only the stability data says how much a product bears, and only they answer for it.',
      },
    ],
  },
  robbery: {
    title: 'In a robbery',
    summary: 'Nobody gets hurt. Everything else can be replaced.',
    picture: 'Two open hands, and below them a small silent signal going out from under a counter.',
    sections: [
      {
        heading: 'During it',
        text: 'The robber wants to be gone in two minutes. Help him with that.',
        points: [
          'Do what is asked, slowly, and say what you do: “I am opening the drawer now.”',
          'Hands visible, no sudden move, do not stare, do not argue.',
          'Do not follow, do not lock anybody in, do not play the hero.',
          'Customers: calm them with your voice. “Please stay where you are.”',
        ],
      },
      {
        heading: 'The silent alarm',
        text: 'Use the hold-up button or the duress code only when nobody sees it. It makes no sound here; the desk sees it and calls the police. A duress code opens as always, and says that you are being forced. Practise both, with the desk told beforehand.',
        points: [],
      },
      {
        heading: 'Afterwards',
        text: 'When they have gone, and only then:',
        points: [
          'Lock the door, look whether anybody is hurt, call the emergency number.',
          'Touch nothing. Ask witnesses to stay.',
          'Everybody writes down for themselves what they saw, before talking about it.',
          'Accept help. Sleeping badly, trembling, anger are normal. Talk to somebody, also after weeks.',
        ],
      },
    ],
    attempt: {
      situation:
        'A man shows a knife and wants the money and “the strong tablets”. The hold-up button is under the counter, half a step to your left. He is looking at you. Do you press it?',
      answer:
        'Not now. Give him what he asks for and say what you do. If your way to the drawer leads past the button and he does not see your hand, press it then. If not, do it when he has gone. No button is worth a wound.',
    },
    takeaways: [
      'Life before goods, always.',
      'Silent alarm only unseen. Otherwise afterwards.',
      'Help afterwards is part of it, not a weakness.',
    ],
    questions: [
      {
        ask: 'What is the aim during a robbery?',
        answers: [
          'To save the takings.',
          'That nobody is hurt.',
          'To hold the robber until the police come.',
        ],
        because: 'Money is insured. Everything that shortens it and calms it is right.',
      },
      {
        ask: 'When is the silent alarm pressed?',
        answers: [
          'When it can be done unseen, or afterwards.',
          'At once, whatever it takes.',
          'Never, the cameras are enough.',
        ],
        because: 'A seen hand under the counter can be taken for a weapon.',
      },
      {
        ask: 'The robber runs out. You …',
        answers: [
          'run after him to see the car.',
          'tidy up so that business goes on.',
          'lock the door, look after people, call the emergency number.',
        ],
        because: 'Nobody follows. Nothing is touched: traces are still there.',
      },
      {
        ask: 'Why does everybody write down alone what they saw?',
        answers: [
          'Because it is quicker.',
          'Because talking mixes memories, and small things are lost.',
          'Because the insurance wants many pages.',
        ],
        because: 'Memories grow alike as soon as they are told. Separate notes are worth more.',
      },
    ],
  },
};
